#include "methods/masha_theory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/rates.hpp"
#include "methods/scaled_constants.hpp"
#include "vireo/core/error.hpp"

namespace vireo::methods {
namespace {

using Kind = CompressorTheory::Kind;
using Draws = CompressorTheory::Draws;

ChannelTheory channel_theory(const MethodContext& context) {
  return {theory_of(context.channel.uplink, context.exchange), theory_of(context.channel.downlink, context.exchange)};
}

/// unbiased with E||Q(x)||^2 <= ||x||^2: no choice but Q(x) = x
bool exact(const CompressorTheory& theory) { return theory.kind == Kind::unbiased ? theory.q == 1 : theory.delta == 1; }

void require_contractive(const CompressorTheory& theory, bool allow_unproven, const std::string& method,
                         const std::string& direction) {
  if (theory.kind == Kind::contractive || exact(theory) || allow_unproven) return;
  throw UsageError(
      direction,
      "the theory of " + method +
          " needs a contractive compressor such as topk (masha1 takes unbiased ones); --allow-unproven runs it all the same");
}

/// Whether the proofs cover a step and the constants that it is made of
bool covered(const StepSize& step, const MethodContext& context) {
  const auto& constants = context.constants;
  return !context.allow_unproven && within_automatic(step) && certain(constants.L) && monotone(constants) &&
         (!constants.L_tilde || certain(constants.L_tilde)) &&
         (!constants.L_component || certain(constants.L_component));
}

}  // namespace

ChannelTheory require_unbiased_channel(const MethodContext& context, const std::string& method) {
  const auto channel = channel_theory(context);
  require_unbiased(channel.up, context.allow_unproven, method, "uplink");
  require_unbiased(channel.down, context.allow_unproven, method, "downlink");
  return channel;
}

ChannelTheory require_contractive_channel(const MethodContext& context, const std::string& method) {
  const auto channel = channel_theory(context);
  require_contractive(channel.up, context.allow_unproven, method, "uplink");
  require_contractive(channel.down, context.allow_unproven, method, "downlink");
  return channel;
}

void require_independent(const CompressorTheory& uplink, bool allow_unproven, const std::string& method) {
  if (uplink.draws == Draws::independent || allow_unproven) return;
  throw UsageError("uplink", "the theory of " + method +
                                 " needs draws that are independent over the workers, such as "
                                 "randk's; --allow-unproven runs it all the same");
}

void require_no_regularizer(const MethodContext& context, const std::string& method) {
  if (context.regularizer.zero() || context.allow_unproven) return;
  throw UsageError("method " + method,
                   "its theory covers g = 0 only, and here g is: " + context.regularizer.description() +
                       "; masha1 takes any g, --allow-unproven runs it all the same");
}

double require_L_tilde(const Constants& constants, const std::string& method) {
  const double L = require_L(constants, method);
  return constants.L_tilde ? constants.L_tilde->value : L;
}

double compressed_share(const ChannelTheory& channel) {
  return channel.up.density < 1 ? channel.up.density : channel.down.density;
}

StepRule masha1_step(double C_q, double probability, double L, double mu, const Regularizer& g, double eps) {
  const double root = std::sqrt(probability);
  StepRule rule;
  if (mu > 0) {
    rule.gamma = std::min(root / (2 * C_q), probability * (1 - eps) / (2 * mu));
    rule.formula = eps > 0 ? "min( sqrt(1-tau) / (2 C_q), (1-tau) (1-eps) / (2 mu) )"
                           : "min( sqrt(1-tau) / (2 C_q), (1-tau) / (2 mu) )";
  } else if (g.zero()) {
    rule.gamma = root / (2 * C_q);
    rule.formula = "sqrt(1-tau) / (2 C_q)";
  } else {
    rule.gamma = root / (2 * C_q + 4 * L);
    rule.formula = "sqrt(1-tau) / (2 C_q + 4 L)";
  }
  rule.formula += fmt::format(",  C_q = {:.6g}", C_q);
  if (eps > 0) rule.formula += fmt::format(", eps = {:.3g}", eps);
  return rule;
}

double relative_error(const CompressorTheory& theory) {
  return theory.kind == Kind::contractive ? 1 - 1 / theory.delta : theory.q - 1;
}

double inexact_snapshot_constant(double C_q, const ChannelTheory& channel, double L_tilde, double workers, double eps,
                                 double probability, bool to_next) {
  const double kappa = eps * (1 + eps) / (1 - eps);
  const double c = (1 - eps) / 2;
  const double m = mean_constant(channel.up, 1, 1, workers);
  const double W = 2 * kappa * (m * m + 12 * kappa / c) / c + 6 * kappa * (1 + kappa) / c;
  const double C = C_q + 2 * L_tilde * std::sqrt(channel.down.q * W);
  return to_next ? C / std::sqrt(1 - probability / 4) : C;
}

Sampled moments_of(const SampledDifference& difference, const MethodContext& context, const std::string& method) {
  const auto& constants = context.constants;
  const double L = require_L(constants, method);
  if (!constants.L_component)
    throw UsageError(method +
                     " needs the mean-square Lipschitz constant of the components and the problem knows none: "
                     "give --method " +
                     method + ":L_component=...");
  const auto [s, W] = difference.moments();
  return {.L = L, .L_tilde = L_tilde_or_L(constants), .L_hat = std::sqrt(W) * constants.L_component->value, .share = s};
}

Parameter component_constant_parameter() {
  return Parameter::positive("L_component", "", "mean-square Lipschitz constant of the components F_i, likewise");
}

double sampled_mean_constant(const CompressorTheory& uplink, const Sampled& s, double workers) {
  const double q = uplink.q;
  const double L = s.L * s.L;
  const double sampling = s.share * s.L_hat * s.L_hat;
  switch (uplink.draws) {
    case Draws::independent:
      return std::sqrt(L + (std::max(0.0, q * (1 - s.share) - 1) * s.L_tilde * s.L_tilde + q * sampling) / workers);
    case Draws::shared:
      return std::sqrt(q * (L + sampling / workers));
    case Draws::partition:
      return std::sqrt(q / workers * s.second_moment());
  }
  return std::sqrt(s.second_moment());
}

double participating_mean_constant(const CompressorTheory& uplink, double L, double L_tilde, double workers, double b) {
  const double c = workers > 1 ? (workers - b) / (workers - 1) : 0.0;
  return with_scaled(
      [&](double l, double l_tilde) {
        return std::sqrt((1 - c / b) * l * l + (c + uplink.q - 1) * l_tilde * l_tilde / b);
      },
      L, L_tilde);
}

StepRule masha2_step(const ChannelTheory& channel, double L_tilde, double mu, double probability) {
  const auto& [dev, serv] = channel;
  const double c_C = dev.kind == Kind::contractive ? dev.growth : dev.q;
  const double B = exact(serv) ? 0.0 : 320 * c_C * serv.delta * serv.delta;
  const double H = (exact(dev) ? 0.0 : 8 * dev.delta * dev.delta * (20 + B)) + B + 2;
  StepRule rule;
  rule.gamma = std::sqrt(probability) / (2 * L_tilde * std::sqrt(H));
  rule.formula = "sqrt(1-tau) / (2 L_tilde sqrt(H))";
  if (mu > 0) {
    const double delta = std::max(dev.delta, serv.delta);
    rule.gamma = std::min({rule.gamma, probability / (4 * mu), 1 / (2 * mu * delta)});
    rule.formula = "min( " + rule.formula + ", (1-tau) / (4 mu), 1 / (2 mu delta) )";
  }
  rule.formula += fmt::format(",  H = {:.6g}", H);
  return rule;
}

std::vector<Rate> masha1_rates(const StepSize& step, const Refresh& refresh, const MethodContext& context, bool exact) {
  const double tau = refresh.tau();
  if (!covered(step, context) || 3 * tau < 1) return {};
  const double mu = total_mu(context.constants, context.regularizer);
  std::optional<double> constant;
  if (exact) constant = std::sqrt(refresh.to_next() ? (1 + tau) / tau : 2);
  return linear_rates(constant, std::sqrt(1 - mu * step.value() / 2), true,
                      std::string("|z^k - z*| <= ") + (refresh.to_next() ? "sqrt((1 + tau)/tau)" : "sqrt(2)") +
                          " (1 - mu gamma / 2)^{k/2} D in the root mean square (masha1.cpp)",
                      context);
}

std::vector<Rate> masha2_rates(const StepSize& step, const Refresh& refresh, const MethodContext& context) {
  if (!covered(step, context) || refresh.to_next() || 2 * refresh.tau() < 1) return {};
  const double mu = total_mu(context.constants, context.regularizer);
  return linear_rates(2.0, std::sqrt(1 - mu * step.value() / 2), true,
                      "|z^k - z*| <= 2 (1 - mu gamma / 2)^{k/2} D in the root mean square (masha2.cpp)", context);
}

CompressorTheory participating(CompressorTheory theory, double share) {
  if (share == 1) return theory;
  if (theory.kind == Kind::unbiased) theory.growth = theory.q;
  theory.kind = Kind::contractive;
  theory.delta /= share;
  return theory;
}

double error_feedback_probability(const ChannelTheory& channel) {
  const auto& [dev, serv] = channel;
  return std::min(0.5, 1 / (exact(dev) ? serv.delta : dev.delta));
}

}  // namespace vireo::methods
