#pragma once

#include <cstdint>

#include "vireo/methods/method.hpp"
#include "vireo/problems/problem.hpp"

/// How far apart rows of a trace and checks for the stop are where the user does not say. The numbers follow from the
/// sizes of the problem, from M and from the method: they are the same on every machine and on any number of ranks.
namespace vireo::solving {

/// Iterations from one row to the next, so that rows take about a twentieth of the time of the run or less.
[[nodiscard]] std::int64_t row_spacing(const AnyProblem& problem, const IterationCost& cost);

/// Iterations between checks that the run is charged for, so that they cost at most a tenth of its evaluations and a
/// fifth of its bytes up: a check sends whole vectors. density: of a message to the server, 1 where it is not compressed
[[nodiscard]] std::int64_t check_spacing(const AnyProblem& problem, const IterationCost& cost, double density);

}  // namespace vireo::solving
