#include "methods/former_steps.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::methods::version_0_1_0 {

double masha1_step(double C_q, double probability, double L, double mu, const Regularizer& g, double eps) {
  const double root = std::sqrt(probability);
  if (mu > 0) return std::min(root / (2 * C_q), probability * (1 - eps) / (2 * mu));
  if (g.zero()) return root / (2 * C_q);
  return root / (2 * C_q + 4 * L);
}

double extragradient_step(const Step& given, double L) { return given.resolve(L > 0 ? 1 / (std::sqrt(2.0) * L) : 0); }

double single_call_step(const Step& given, double L) { return given.resolve(L > 0 ? 0.99 / 2 / L : 0); }

double inexact_snapshot_constant(double C_q, const ChannelTheory& channel, double L_tilde, double workers, double eps,
                                 double probability, bool to_next) {
  const double kappa = eps * (1 + eps) / (1 - eps);
  const double c = (1 - eps) / 2;
  const double m = mean_constant(channel.up, 1, 1, workers);
  const double W = 2 * kappa * (m * m + 12 * kappa / c) / c + 6 * kappa * (1 + kappa) / c;
  const double C = C_q + 2 * L_tilde * std::sqrt(channel.down.q * W);
  return to_next ? C / std::sqrt(1 - probability / 4) : C;
}

double masha2_step(const ChannelTheory& channel, double L_tilde, double mu, double probability) {
  const auto& [dev, serv] = channel;
  const double c_C = dev.kind == CompressorTheory::Kind::contractive ? dev.growth : dev.q;
  const double B = exact(serv) ? 0.0 : 320 * c_C * serv.delta * serv.delta;
  const double H = (exact(dev) ? 0.0 : 8 * dev.delta * dev.delta * (20 + B)) + B + 2;
  const double gamma = std::sqrt(probability) / (2 * L_tilde * std::sqrt(H));
  if (!(mu > 0)) return gamma;
  return std::min({gamma, probability / (4 * mu), 1 / (2 * mu * std::max(dev.delta, serv.delta))});
}

}  // namespace vireo::methods::version_0_1_0
