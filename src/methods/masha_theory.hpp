#pragma once

#include <string>

#include "methods/refresh.hpp"
#include "methods/sampling.hpp"
#include "methods/step_size.hpp"
#include "methods/theory.hpp"

namespace vireo::methods {

/// The steps of the MASHA family as functions of the constants. What "proved" refers to is in the headers of the
/// methods.

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

/// L_tilde (L where it is not known to differ), which is not 0; throws UsageError that says how to give it
[[nodiscard]] double require_L_tilde(const Constants& constants, const std::string& method);

/// 1/beta: of the uplink, or of the downlink if only that is compressed
[[nodiscard]] double compressed_share(const ChannelTheory& channel);

/// masha1 and its kin, for any estimate with E||G||^2 <= C_q^2 ||z^{k+1/2} - w||^2:
///     mu > 0:         min( sqrt(1 - tau) / (2 C_q), (1 - tau) (1 - eps) / (2 mu) )
///     mu = 0, g = 0:  sqrt(1 - tau) / (2 C_q)
///     mu = 0, g != 0: sqrt(1 - tau) / (2 C_q + 4 L)
/// eps: of the compressor that announces snapshots, 0 if they are exact
[[nodiscard]] StepRule masha1_step(double C_q, double probability, double L, double mu, const Regularizer& g,
                                   double eps = 0);

/// eps with E||C(x) - x||^2 <= eps ||x||^2: 1 - 1/delta, or q - 1
[[nodiscard]] double relative_error(const CompressorTheory& theory);

/// C_q where snapshots are announced by a compressor of relative error eps < 1 (see masha1.cpp)
[[nodiscard]] double inexact_snapshot_constant(double C_q, const ChannelTheory& channel, double L_tilde, double workers,
                                               double eps, double probability, bool to_next);

/// What is known of a worker's sampled difference D_m = F_{m,B}(u) - F_{m,B}(v), E D_m = F_m(u) - F_m(v), relative to
/// ||u - v||^2.
struct Sampled {
  double L = 0;        ///< of the mean over workers of E D_m
  double L_tilde = 0;  ///< root mean square over workers of ||E D_m||
  double L_hat = 0;    ///< the same of one component alone, mean square: sqrt(W) L_component
  double share = 0;    ///< of L_hat^2 in the second moment (SampledDifference::Moments)
  /// mean over workers of E||D_m||^2: (1 - share) L_tilde^2 + share L_hat^2
  [[nodiscard]] double second_moment() const { return (1 - share) * L_tilde * L_tilde + share * L_hat * L_hat; }
};
/// collective; throws UsageError if L or L_component are not known
[[nodiscard]] Sampled moments_of(const SampledDifference& difference, const MethodContext& context,
                                 const std::string& method);
/// The parameter by which a user gives L_component to a method
[[nodiscard]] Parameter component_constant_parameter();

/// C with E||mean_m Q_m(D_m)||^2 <= C^2 ||u - v||^2 for sampled D_m, independent over the workers:
///     independent draws: L^2 + ( max(0, q (1 - share) - 1) L_tilde^2 + q share L_hat^2 ) / M
///     shared:            q ( L^2 + share L_hat^2 / M )
///     partition:         (q/M) ( (1 - share) L_tilde^2 + share L_hat^2 )
/// With share = 0 (the whole shard) this is mean_constant.
[[nodiscard]] double sampled_mean_constant(const CompressorTheory& uplink, const Sampled& sampled, double workers);

/// C with E||(1/b) sum_{m in S} Q_m(D_m)||^2 <= C^2 ||u - v||^2, S being b of the M workers without replacement and
/// the draws independent: (1 - c/b) L^2 + (c + q - 1) L_tilde^2 / b, c = (M - b)/(M - 1). At most L^2 + q L_tilde^2 /
/// b, the constant of b independent draws of a worker; mean_constant if b = M.
[[nodiscard]] double participating_mean_constant(const CompressorTheory& uplink, double L, double L_tilde,
                                                 double workers, double b);

/// masha2 and its kin, where the mean over workers of E||D_m||^2 is at most L_tilde^2 ||z^{k+1/2} - w||^2:
///     B = 320 c_C delta_serv^2 (0 if the server sends exactly),
///     H = 8 delta_dev^2 (20 + B) + B + 2 (the first term 0 if the workers send exactly),
///     gamma = min( sqrt(1 - tau) / (2 L_tilde sqrt(H)), (1 - tau) / (4 mu), 1 / (2 mu max(delta_dev, delta_serv)) )
[[nodiscard]] StepRule masha2_step(const ChannelTheory& channel, double L_tilde, double mu, double probability);

/// What is proved for masha1 and its kin with a step up to the automatic one where F + dg is strongly monotone:
///     w <- z^k:      E( ||z^k - z*||^2 + ||w^k - z*||^2 ) <= (1 - mu gamma / 2)^k 2 D^2
///     w <- z^{k+1}:  the same of tau ||z^k - z*||^2 + ||w^k - z*||^2, and 1 + tau for 2
/// exact: false where snapshots are announced by a compressor; then only the decay is known
[[nodiscard]] std::vector<Rate> masha1_rates(const StepSize& step, const Refresh& refresh, const MethodContext& context,
                                             bool exact = true);

/// What is proved for masha2 and its kin, likewise: ||z^k - z*||^2 <= 2 Psi_k, E Psi_k <= (1 - mu gamma / 2)^k 2 D^2
/// (Psi of masha2.cpp; its weights a and b are at least 4 where anything is kept)
[[nodiscard]] std::vector<Rate> masha2_rates(const StepSize& step, const Refresh& refresh,
                                             const MethodContext& context);

/// The constants of "C(x) with probability `share`, else 0"
[[nodiscard]] CompressorTheory participating(CompressorTheory contractive, double share);

/// 1 - tau = 1/delta of the uplink, or of the downlink if only that is compressed; at most 1/2
[[nodiscard]] double error_feedback_probability(const ChannelTheory& channel);

}  // namespace vireo::methods
