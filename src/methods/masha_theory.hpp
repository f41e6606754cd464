#pragma once

#include <string>

#include "methods/refresh.hpp"
#include "methods/sampling.hpp"
#include "methods/step_size.hpp"
#include "methods/theory.hpp"

namespace vireo::methods {

/// What the methods of the MASHA family have in common: which compressors they take, and the constants of their
/// estimates. Steps and rates are in masha1_theory.hpp and masha2_theory.hpp.

/// The compressors of uplink and downlink, by their constants
struct ChannelTheory {
  CompressorTheory up;
  CompressorTheory down;
};

/// throws UsageError unless both are unbiased, or unproven choices are allowed
[[nodiscard]] ChannelTheory require_unbiased_channel(const MethodContext& context, const std::string& method);
/// throws UsageError unless both are contractive (or the identity), or unproven choices are allowed
[[nodiscard]] ChannelTheory require_contractive_channel(const MethodContext& context, const std::string& method);
/// throws UsageError if the workers' draws are not independent, unless unproven choices are allowed
void require_independent(const CompressorTheory& uplink, bool allow_unproven, const std::string& method);
/// throws UsageError unless g = 0, or unproven choices are allowed
void require_no_regularizer(const MethodContext& context, const std::string& method);

/// C(x) = x for sure
[[nodiscard]] bool exact(const CompressorTheory& theory);

/// Why nothing is proved, "L is estimated"; empty if the constants are certain and no unproven choice was allowed
[[nodiscard]] std::string doubt(const MethodContext& context);

/// Whether a theorem may be spoken of: a step that does not change, monotone F, and no doubt
[[nodiscard]] bool covered(const StepSize& step, const MethodContext& context);

/// 1/beta: of the uplink, or of the downlink if only that is compressed
[[nodiscard]] double compressed_share(const ChannelTheory& channel);

/// eps with E||C(x) - x||^2 <= eps ||x||^2: 1 - 1/delta, or q - 1
[[nodiscard]] double relative_error(const CompressorTheory& theory);

/// What is known of a worker's sampled difference D_m = F_{m,B}(u) - F_{m,B}(v), E D_m = F_m(u) - F_m(v), relative to
/// ||u - v||^2.
struct Sampled {
  double L = 0;      ///< of the mean over workers of E D_m
  double L_ms = 0;   ///< root mean square over workers of ||E D_m||
  double L_hat = 0;  ///< the same of one component alone, mean square: sqrt(W) L_component
  double share = 0;  ///< of L_hat^2 in the second moment (SampledDifference::Moments)
  /// mean over workers of E||D_m||^2: (1 - share) L_ms^2 + share L_hat^2
  [[nodiscard]] double second_moment() const { return (1 - share) * L_ms * L_ms + share * L_hat * L_hat; }
};
/// collective; throws UsageError if L or L_component are not known
[[nodiscard]] Sampled moments_of(const SampledDifference& difference, const MethodContext& context,
                                 const std::string& method);
/// The parameter by which a user gives L_component to a method
[[nodiscard]] Parameter component_constant_parameter();

/// C with E||mean_m Q_m(D_m)||^2 <= C^2 ||u - v||^2 for sampled D_m, independent over the workers:
///     independent draws: L^2 + ( max(0, q (1 - share) - 1) L_ms^2 + q share L_hat^2 ) / M
///     shared:            q ( L^2 + share L_hat^2 / M )
///     partition:         (q/M) ( (1 - share) L_ms^2 + share L_hat^2 )
/// With share = 0 (the whole shard) this is mean_constant.
[[nodiscard]] double sampled_mean_constant(const CompressorTheory& uplink, const Sampled& sampled, double workers);

/// C with E||(1/b) sum_{m in S} Q_m(D_m)||^2 <= C^2 ||u - v||^2, S being b of the M workers without replacement and
/// the draws independent: (1 - c/b) L^2 + (c + q - 1) L_ms^2 / b, c = (M - b)/(M - 1). At most L^2 + q L_ms^2 /
/// b, the constant of b independent draws of a worker; mean_constant if b = M.
[[nodiscard]] double participating_mean_constant(const CompressorTheory& uplink, double L, double L_ms, double workers,
                                                 double b);

/// The constants of "C(x) with probability `share`, else 0"
[[nodiscard]] CompressorTheory participating(CompressorTheory contractive, double share);

/// 1 - tau = 1/delta of the uplink, or of the downlink if only that is compressed; at most 1/2
[[nodiscard]] double error_feedback_probability(const ChannelTheory& channel);

}  // namespace vireo::methods
