#include "methods/masha2_theory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/rates.hpp"

namespace vireo::methods {
namespace {

/// sqrt(1 - 1/delta)
double left_by(const CompressorTheory& theory) { return exact(theory) ? 0.0 : std::sqrt(1 - 1 / theory.delta); }

}  // namespace

double Masha2Theory::feedback() const {
  const auto& [dev, serv] = channel;
  const double rho_dev = left_by(dev);
  const double rho_serv = left_by(serv);
  const double growth = exact(dev) ? 1.0 : dev.kind == CompressorTheory::Kind::contractive ? dev.growth : dev.q;
  const double R_dev = rho_dev / (1 - rho_dev);
  return R_dev + std::sqrt(growth) * rho_serv / (1 - rho_serv) * (1 + R_dev);
}

bool Masha2Theory::proves(double gamma) const {
  const double x = gamma * mu;
  const double tau_left = 1 - probability - 2 * x;
  const double rho = std::max(left_by(channel.up), left_by(channel.down));
  const double xi = x / 2 / (1 - rho);
  if (!(tau_left > 0) || !(xi < 1)) return false;
  const double R = feedback() / (1 - xi);
  const double l = gamma * L;
  const double owed = gamma * R * L_ms;
  return l * l + 2 * l * owed + (1 / tau_left + 2 * x) * owed * owed + x <= probability;
}

StepRule Masha2Theory::step() const {
  auto at = *this;
  at.probability = std::min(probability, 0.99);  // with tau = 0 nothing is proved
  double gamma = 0;
  double above = std::sqrt(at.probability) / L;
  for (int i = 0; i < 100; ++i) {
    const double middle = (gamma + above) / 2;
    (at.proves(middle) ? gamma : above) = middle;
  }
  const char* const formula = mu > 0 ? "" : "0.99 ";
  if (!(mu > 0)) gamma *= 0.99;
  return {.gamma = gamma,
          .formula = fmt::format("{}sqrt(1-tau) / (L + R L_ms / sqrt(tau)){},  R = {:.6g}, L_ms = {:.6g}", formula,
                                 mu > 0 ? " about, by masha2_theory.hpp" : "", feedback(), L_ms)};
}

std::vector<Rate> masha2_rates(const Masha2Theory& theory, const StepSize& step, const Refresh& refresh,
                               const MethodContext& context) {
  if (!covered(step, context) || refresh.to_next() || !theory.proves(step.value() / (1 + step_slack))) return {};
  return linear_rates(2.0, std::sqrt(1 - theory.mu * step.value() / 2), true,
                      "|z^k - z*| <= 2 (1 - mu gamma / 2)^{k/2} D in the root mean square (masha2_theory.hpp)",
                      context);
}

}  // namespace vireo::methods
