#pragma once

#include <memory>
#include <optional>

#include "app/configuration.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo::app {

/// The problem with its regularizer, on the ranks of a communicator.
struct LoadedProblem {
  ProblemPointer problem;
  std::unique_ptr<BlockRegularizer> regularizer;
  bool own_regularizer = true;  ///< the user added nothing to the problem's own: its known solution is the run's
  std::unique_ptr<Exchange> exchange;
  Vector initial_point;      ///< in the domain of g
  std::string start_remark;  ///< where it comes from, for people; empty: it is the problem's own
  double seconds = 0;        ///< that reading or generating took
};

/// Builds the problem and puts the regularizers on its blocks. Collective. throws UsageError for a regularizer on a
/// block that does not exist, has a set of its own, or has one already
[[nodiscard]] LoadedProblem load_problem(const Configuration& configuration, Communicator& comm);

/// What the constants are, and what finding them has cost.
struct Setup {
  Constants constants;
  std::optional<Constant> own_L{};  ///< L as it was found, also where another was given
  /// The bound that stood in the place of cocoercivity_component before that was computed; empty: there was none
  std::optional<Constant> component_bound{};
  /// How constants were estimated (problems::estimate_rule); empty: none was, or by a program that did not say how
  std::string estimated_by{};
  double seconds = 0;
  std::int64_t oracle_calls = 0;
  std::vector<std::string> taken;  ///< names of the constants that the method lets the user give
  bool constant = false;           ///< true: F is constant, and any L is one
  std::string not_monotone{};  ///< where the estimate of L showed that F is not monotone, in words; empty: it did not
};

/// Finds the constants; those given with the method (`L=...`) replace what was found. Collective.
[[nodiscard]] Setup find_constants(const Configuration& configuration, LoadedProblem& loaded);

/// Names of the constants that the method lets the user give
[[nodiscard]] std::vector<std::string> constants_taken(const MethodPlugIn& method);

/// The compressors of both directions. throws UsageError if one does not fit the problem
[[nodiscard]] Channel make_channel(const Configuration& configuration, const Registry& registry,
                                   const AnyProblem& problem);

/// The method, ready to start. The oracle must outlive it.
[[nodiscard]] MethodPointer make_method(const Configuration& configuration, const Registry& registry,
                                        LoadedProblem& loaded, const Channel& channel, Oracle& oracle,
                                        const Constants& constants);

/// Constants that every method accepts, and with which its steps are too short to go anywhere.
[[nodiscard]] Constants placeholder_constants();

/// Throws what make_method would, as far as it does not depend on the constants: before these are found, which may
/// take a while.
void check_method(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                  const Channel& channel);

}  // namespace vireo::app
