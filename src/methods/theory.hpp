#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// The parameters by which a user gives constants to a method: L, L_tilde, mu.
[[nodiscard]] std::vector<Parameter> constant_parameters();

/// The first of them alone, for methods that need no other
[[nodiscard]] Parameter L_parameter();

/// The problem's constants with the user's in their place, labelled as given.
[[nodiscard]] Constants with_given(Constants constants, const Parameters& parameters);

/// L > 0; throws UsageError that says how to give it
[[nodiscard]] double require_L(const Constants& constants, const std::string& method);

/// ell > 0 with <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2. throws UsageError where none is known; if unproven choices
/// are allowed, L stands in for it
[[nodiscard]] double require_cocoercivity(const Constants& constants, bool allow_unproven, const std::string& method);

/// L_tilde, or L where the workers' constants are not known to differ
[[nodiscard]] double L_tilde_or_L(const Constants& constants);

/// L_ms, or L_tilde, which is not smaller, or L where the workers' constants are not known to differ
[[nodiscard]] double L_ms_or_more(const Constants& constants);

/// mu_F, 0 if not known or negative
[[nodiscard]] double known_mu(const Constants& constants);

/// mu_F + mu_g, 0 if not known
[[nodiscard]] double total_mu(const Constants& constants, const Regularizer& g);

/// Constants of a channel's compressor (null: the identity) for this exchange's messages
[[nodiscard]] CompressorTheory theory_of(const CompressorPointer& compressor, const Exchange& exchange);

/// C with E||mean_m Q_m(D_m(u) - D_m(v))||^2 <= C^2 ||u - v||^2, where mean_m D_m is L-Lipschitz and mean_m ||D_m(u) -
/// D_m(v)||^2 <= L_ms^2 ||u - v||^2, for the compressors of S of the M workers:
///     independent draws: L^2 + (q - 1) L_ms^2 / S;  shared: q L^2;  partition: L_ms^2
[[nodiscard]] double mean_constant(const CompressorTheory& uplink, double L, double L_ms, double senders);

/// throws UsageError unless the compressor is the identity
void refuse_compression(const Channel& channel, const std::string& method);

/// throws UsageError unless the compressor is unbiased, or unproven choices are allowed
void require_unbiased(const CompressorTheory& theory, bool allow_unproven, const std::string& method,
                      const std::string& direction);

}  // namespace vireo::methods
