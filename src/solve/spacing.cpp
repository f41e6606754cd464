#include "solve/spacing.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::solving {
namespace {

// A model of time, in the time that a pass over vectors takes for one coordinate: about a nanosecond. It needs to be
// right within a factor of two or so, and rather too dear for rows.
constexpr double iteration_alone = 5e3;  ///< calls, messages and counters of an iteration on the smallest problem
constexpr double row_alone = 2e4;        ///< of a row: some twenty numbers, each into a column of its own
constexpr double passes_of_worker = 4;   ///< over a worker's vectors: to make, compress, add and read its messages
constexpr double passes_of_row = 4;      ///< over z: residual, distance, digest

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
  const double iteration = (size.evaluations + passes_of_worker * size.M) * size.d + iteration_alone;
  const double evaluation = cost.certified ? 0 : (size.n + size.M) * size.d;
  const double row = evaluation + passes_of_row * size.d + row_alone;
  return at_least_1((1 - rows_share) / rows_share * row / iteration);
}

std::int64_t check_spacing(const AnyProblem& problem, const IterationCost& cost, double density) {
  const Sizes size(problem, cost);
  const double evaluations = size.n / (checks_share_of_evaluations * size.evaluations);
  const double bytes = 1 / (checks_share_of_bytes * density);
  return at_least_1(std::max(evaluations, bytes));
}

}  // namespace vireo::solving
