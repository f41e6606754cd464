#pragma once

#include <string>

#include "app/configuration.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::app {

/// z^0, and where it comes from.
struct StartingPoint {
  Vector z;
  std::string remark;  ///< for people; empty: the problem's own, as it is
};

/// The problem's own starting point, or the solution stored in the trace `--initial`; each block where g is infinite is
/// projected onto g's domain. Collective: rank 0 reads. throws DataError that names the file: not a trace, without a
/// solution, of another dimension, not finite
[[nodiscard]] StartingPoint starting_point(const Configuration& configuration, const AnyProblem& problem,
                                           const BlockRegularizer& g, Communicator& comm);

}  // namespace vireo::app
