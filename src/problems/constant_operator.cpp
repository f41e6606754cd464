#include "problems/constant_operator.hpp"

#include <algorithm>
#include <cmath>

#include "problems/residual_at.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {

bool constant_operator(const Constants& constants) { return constants.L && constants.L->value == 0; }

void take_any_constants(Constants& constants) {
  double any = 1;
  for (const auto& constant : {constants.L_component, constants.L_ms, constants.L_tilde})
    if (constant && constant->value > 0) any = constant->value;
  const auto origin = constants.L->origin == Origin::estimated ? Origin::estimated : Origin::bounded;
  for (auto* const constant : {&constants.L, &constants.L_tilde, &constants.L_ms, &constants.L_component,
                               &constants.cocoercivity, &constants.cocoercivity_component})
    if (*constant && (*constant)->value == 0) *constant = {any, origin};
  if (!constants.cocoercivity) constants.cocoercivity = {any, origin};
}

bool constant_operator_has_solution(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0) {
  Vector F(z0.size());
  evaluate_operator(problem, exchange, z0, F);
  const double size = kernels::norm(F);
  if (natural_residual(z0, F, g) == 0 || size == 0) return true;
  const double t = std::ldexp(std::max(1.0, kernels::norm(z0)) / size, 40);
  Vector z(z0.size());
  kernels::add_scaled(z0, -t, F, z);
  g.prox(t, z);
  return kernels::distance(z0, z) / t <= 1e-6 * size;
}

}  // namespace vireo::problems
