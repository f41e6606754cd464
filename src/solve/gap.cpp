#include "solve/gap.hpp"

#include <cmath>
#include <limits>

#include "problems/residual_at.hpp"

namespace vireo::solving {

double gap_at(const Run& run, ConstView z, ConstView F) {
  if (!run.gap || run.problem.gap_definition().empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto& problem = *run.problem.operators();
  if (std::isfinite(run.regularizer.value(z))) return problem.gap(run.exchange, z, F);
  Vector inside(z.begin(), z.end());
  Vector F_inside(z.size());
  run.regularizer.prox(1.0, inside);
  problems::evaluate_operator(problem, run.exchange, inside, F_inside);
  return problem.gap(run.exchange, inside, F_inside);
}

}  // namespace vireo::solving
