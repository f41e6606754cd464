#include <algorithm>
#include <cmath>

#include "methods/construct.hpp"
#include "methods/error_feedback_extragradient.hpp"
#include "methods/former_steps.hpp"
#include "methods/parameter_list.hpp"

namespace vireo::methods {
namespace {

/// VR-MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, the stochastic finite-sum variant of
/// Algorithm 2): MASHA2 where each worker evaluates b of its r components, not all.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) + e_m^k,   c_m = C_m^dev(x_m),   e_m^{k+1} = x_m - c_m
///                 B: b components of worker m (see SampledDifference)
///     y         = (1/M) sum_m c_m + e^k,                                 G = C^serv(y),        e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k                 (z^{k+1}, `refresh=next`, is not proved)
///
/// Covers g = 0 only. Step and guarantee are those of MASHA2 with (1-s) L_ms^2 + s L_hat^2 for L_ms^2, s and
/// L_hat as for VR-MASHA1: of D_m the proof uses no more than E D_m and the mean of E||D_m||^2.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/delta, b M / n) makes the last cost no more than the others.
class VrMasha2 final : public ErrorFeedbackExtragradient {
 public:
  /// throws UsageError for compressors that are not contractive, for g != 0, and if step=auto needs an L or
  /// L_component that is not known
  VrMasha2(const Parameters& parameters, MethodContext context);
};

VrMasha2::VrMasha2(const Parameters& parameters, MethodContext context)
    : ErrorFeedbackExtragradient("vr-masha2", parameters, std::move(context), DifferenceEstimate::Kind::sampled) {
  const auto channel = require_contractive_channel(context_, "vr-masha2");
  require_no_regularizer(context_, "vr-masha2");
  const auto& difference = estimate_.sampled();
  refresh_ = Refresh(parameters, std::min(error_feedback_probability(channel), difference.cost()));

  if (!step_.needs_automatic() && !(context_.constants.L && context_.constants.L_component)) return;
  auto moments = moments_of(difference, context_, "vr-masha2");
  const double mu = total_mu(context_.constants, context_.regularizer);
  const double p = refresh_.probability();
  const Masha2Theory theory{
      .channel = channel, .L = moments.L, .L_ms = std::sqrt(moments.second_moment()), .mu = mu, .probability = p};
  moments.L_ms = L_tilde_or_L(context_.constants);
  take(theory, version_0_1_0::masha2_step(channel, std::sqrt(moments.second_moment()), mu, p));
}

}  // namespace

MethodPlugIn vr_masha2() {
  MethodPlugIn plug;
  plug.name = "vr-masha2";
  plug.summary = "masha2 with sampled components: contractive compressors, error feedback; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_{m,B}(z^{k+1/2}) - F_{m,B}(w)) + e_m ), B: b components;  G = C( mean_m c_m + e );  z^{k+1} "
      "= z^{k+1/2} - G";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, variance-reduced variant of Algorithm 2; the "
      "step's constants: proof in masha2_theory.hpp";
  plug.parameters =
      joined(ErrorFeedbackExtragradient::step_parameter(), SampledDifference::parameter(),
             Refresh::parameters("min(1/2, 1/delta, b M / n)",
                                 "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)", "zk"),
             constant_parameters(), component_constant_parameter());
  plug.usual_uplink = "topk:fraction=0.1";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<VrMasha2>;
  return plug;
}

}  // namespace vireo::methods
