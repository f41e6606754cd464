#include "methods/past_gradient.hpp"

#include <cmath>

#include "methods/rates.hpp"

namespace vireo::methods {

double PastGradient::decay(double m) {
  const double b = m + largest_of_P * m + left;
  return 2 * left * m / (b + std::sqrt(b * b - 4 * largest_of_P * left * m));
}

double PastGradient::from_nothing(double t) { return 1 + 4 * std::pow(t, 4) + largest_of_P * t * t * (2 + 4 * t * t); }

double PastGradient::from_itself(double t) { return 1 + largest_of_P * t * t * (3 + t * t); }

Decay past_gradient_decay(double t, double m, double C_squared) {
  const double q = std::sqrt(1 - PastGradient::decay(m));
  if (t > PastGradient::longest * (1 + step_slack) || !(q > t)) return {};
  return {.constant = std::sqrt(C_squared) / (q * (q - t)),
          .factor = q,
          .theorem = "|z^k - z*| <= C q^k D / (q (q - gamma L)), q^2 = 1 - r (proof in past_gradient.hpp)"};
}

std::vector<Rate> faster_of(const Decay& one, const Decay& other, const MethodContext& context) {
  const auto& best = other.factor < one.factor ? other : one;
  return linear_rates(best.constant, best.factor, false, best.theorem, context);
}

double single_call_step(const Regularizer& g) { return g.zero() ? PastGradient::longest : 0.99 / 2; }

std::string single_call_formula(const Regularizer& g) { return g.zero() ? "0.54 / L" : "0.99 / (2 L)"; }

}  // namespace vireo::methods
