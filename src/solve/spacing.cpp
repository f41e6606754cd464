#include "solve/spacing.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::solving {
namespace {

// A model of time, in the time that a pass over vectors takes for one coordinate: about a nanosecond. It needs to be
// right within a factor of two or so, and rather too dear for rows.
constexpr double call = 5e3;       ///< an iteration or an evaluation on the smallest problem: its messages, in the main
constexpr double row_alone = 1e3;  ///< some twenty numbers, each to a column of its own
constexpr double passes_of_message = 4;  ///< over a worker's vector: to make, compress, add and read it
constexpr double passes_over_z = 4;      ///< of an iteration: steps; of a row: residual, distance, digest

constexpr double rows_share = 0.05;  ///< of the time
constexpr double checks_share_of_evaluations = 0.1;
// Of N iterations, a check every s costs N c / s iterations' worth of bytes, c = 1 / density, and the run ends some s / 2
// iterations late: together least at s^2 = 2 c N. Runs of 100 to 1,000 iterations are meant.
constexpr double checks_share_of_bytes = 0.2;

struct Sizes {
  explicit Sizes(const AnyProblem& problem, const IterationCost& cost)
      : d(static_cast<double>(problem.dimension())),
        n(static_cast<double>(problem.components())),
        M(static_cast<double>(problem.layout().workers())),
        evaluations(cost.evaluations > 0 ? cost.evaluations : M) {}

  double d, n, M;
  double evaluations;  ///< in an iteration
};

std::int64_t at_least_1(double spacing) {
  constexpr double most = 1e15;
  return static_cast<std::int64_t>(std::clamp(std::ceil(spacing), 1.0, most));
}

}  // namespace

std::int64_t row_spacing(const AnyProblem& problem, const IterationCost& cost) {
  const Sizes size(problem, cost);
  const double messages = std::min(size.M, size.evaluations);  // who has drawn no component sends nothing
  const double iteration = call + (size.evaluations + passes_of_message * messages + passes_over_z) * size.d;
  const double evaluation = cost.certified ? 0 : call + (size.n + size.M) * size.d;
  const double row = row_alone + evaluation + passes_over_z * size.d;
  return at_least_1((1 - rows_share) / rows_share * row / iteration);
}

std::int64_t check_spacing(const AnyProblem& problem, const IterationCost& cost, double density) {
  const Sizes size(problem, cost);
  const double evaluations = size.n / (checks_share_of_evaluations * size.evaluations);
  const double bytes = 1 / (checks_share_of_bytes * density);
  return at_least_1(std::max(evaluations, bytes));
}

}  // namespace vireo::solving
