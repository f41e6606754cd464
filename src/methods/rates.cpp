#include "methods/rates.hpp"

#include <cmath>

namespace vireo::methods {

bool within_automatic(const StepSize& step) { return step.value() <= step.automatic() * (1 + step_slack); }

bool certain(const std::optional<Constant>& constant) { return constant && constant->origin != Origin::estimated; }

bool monotone(const Constants& constants) { return certain(constants.mu) && constants.mu->value >= 0; }

std::vector<Rate> linear_rates(std::optional<double> constant, double factor, bool expected, const std::string& theorem,
                               const MethodContext& context) {
  if (!(factor < 1)) return {};
  std::vector<Rate> rates{
      {.quantity = "distance", .constant = constant, .factor = factor, .expected = expected, .theorem = theorem}};
  if (!certain(context.constants.L)) return rates;
  const double L = context.constants.L->value;
  const bool composite = !context.regularizer.zero();
  if (constant) *constant *= composite ? 1 + std::sqrt(1 + L * L) : L;
  rates.push_back(
      {.quantity = "residual",
       .constant = constant,
       .factor = factor,
       .expected = expected,
       .theorem = theorem + (composite ? "; residual <= (1 + sqrt(1 + L^2)) |z - z*|" : "; residual <= L |z - z*|")});
  return rates;
}

double parallel(double a, double b) { return a > 0 && b > 0 ? a * b / (a + b) : 0.0; }

}  // namespace vireo::methods
