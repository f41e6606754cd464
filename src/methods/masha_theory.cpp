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

void require_contractive(const CompressorTheory& theory, bool allow_unproven, const std::string& method,
                         const std::string& direction) {
  if (theory.kind == Kind::contractive || exact(theory) || allow_unproven) return;
  throw UsageError(
      direction,
      "the theory of " + method +
          " needs a contractive compressor such as topk (masha1 takes unbiased ones); --allow-unproven runs it all the same");
}

}  // namespace

bool exact(const CompressorTheory& theory) { return theory.kind == Kind::unbiased ? theory.q == 1 : theory.delta == 1; }

std::string doubt(const MethodContext& context) {
  const auto& constants = context.constants;
  if (context.allow_unproven) return "--allow-unproven";
  if (!certain(constants.L)) return "L is estimated";
  if (!certain(constants.L_tilde) && !certain(constants.L_ms)) return "L_tilde is estimated";
  if (constants.L_component && !certain(constants.L_component)) return "L_component is estimated";
  return {};
}

bool covered(const StepSize& step, const MethodContext& context) {
  return step.named().empty() && monotone(context.constants) && doubt(context).empty();
}

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

double compressed_share(const ChannelTheory& channel) {
  return channel.up.density < 1 ? channel.up.density : channel.down.density;
}

double relative_error(const CompressorTheory& theory) {
  return theory.kind == Kind::contractive ? 1 - 1 / theory.delta : theory.q - 1;
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
  return {.L = L, .L_ms = L_ms_or_more(constants), .L_hat = std::sqrt(W) * constants.L_component->value, .share = s};
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
      return std::sqrt(L + (std::max(0.0, q * (1 - s.share) - 1) * s.L_ms * s.L_ms + q * sampling) / workers);
    case Draws::shared:
      return std::sqrt(q * (L + sampling / workers));
    case Draws::partition:
      return std::sqrt(q / workers * s.second_moment());
  }
  return std::sqrt(s.second_moment());
}

double participating_mean_constant(const CompressorTheory& uplink, double L, double L_ms, double workers, double b) {
  const double c = workers > 1 ? (workers - b) / (workers - 1) : 0.0;
  return with_scaled(
      [&](double l, double l_ms) { return std::sqrt((1 - c / b) * l * l + (c + uplink.q - 1) * l_ms * l_ms / b); }, L,
      L_ms);
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
