#include <algorithm>
#include <cmath>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/snapshot_extragradient.hpp"

namespace vireo::methods {
namespace {

/// VR-MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, the stochastic finite-sum variant of
/// Algorithm 1): MASHA1 where each worker evaluates b of its r components, not all.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     D_m       = F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k),        B: b components of worker m (see SampledDifference)
///     G         = Q^serv( (1/M) sum_m Q_m^dev(D_m) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// Step and guarantee are those of MASHA1 with, for independent compressors,
///     C_q^2 = q_serv ( L^2 + ( max(0, q_dev (1-s) - 1) L_ms^2 + q_dev s L_hat^2 ) / M )
///     (randk-shared: q_serv q_dev (L^2 + s L_hat^2 / M);  permk: q_serv ((1-s) L_ms^2 + s L_hat^2)),
///     s = (r-b) / (b (r-1)),    L_hat^2 = (M r / n) L_component^2,    r: components of the largest shard,
/// because E||D_m||^2 is at most (1-s) ||F_m(z^{k+1/2}) - F_m(w)||^2 + s times the mean square of single components.
/// For one component that is q_serv ( L^2 + q_dev L_hat^2 / M ), for all of them the constant of MASHA1. Where the
/// problem draws components by a law of its own, s = 1/b and M r / n is M times the largest probability of a shard.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/beta, b M / n) makes the last cost no more than the others.
class VrMasha1 final : public SnapshotExtragradient {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs an L or L_component that is not known
  VrMasha1(const Parameters& parameters, const MethodContext& context);
};

VrMasha1::VrMasha1(const Parameters& parameters, const MethodContext& context)
    : SnapshotExtragradient("vr-masha1", parameters, context, DifferenceEstimate::Kind::sampled) {
  const auto& difference = estimate_.sampled();
  // 1 - tau = min(1/beta, b M / n) balances the refreshes with the compressed messages, and with the batches
  balance(parameters, difference.cost());

  if (!step_.needs_automatic() && !(context_.constants.L && context_.constants.L_component)) return;
  const auto& constants = context_.constants;
  auto moments = moments_of(difference, context_, "vr-masha1");
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const auto C = [&] { return std::sqrt(channel().down.q) * sampled_mean_constant(channel().up, moments, M); };
  const double sharp = C();
  moments.L_ms = L_tilde_or_L(constants);
  take(sharp, mean_constant(channel().up, 1, 1, M),
       version_0_1_0::masha1_step(C(), refresh_.probability(), moments.L, total_mu(constants, context_.regularizer),
                                  context_.regularizer));
}

}  // namespace

MethodPlugIn vr_masha1() {
  MethodPlugIn plug;
  plug.name = "vr-masha1";
  plug.summary = "masha1 with sampled components: for shards of many components that are costly to evaluate";
  plug.formula =
      "G = Q( mean_m Q_m( F_{m,B}(z^{k+1/2}) - F_{m,B}(w) ) ), B: b components;  z^{k+1} = prox( tau z^k + (1-tau) w - "
      "gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, variance-reduced variant of Algorithm 1; sharp "
      "constant C_q for batches without replacement";
  plug.parameters = joined(
      SnapshotExtragradient::step_parameter(), SampledDifference::parameter(),
      Refresh::parameters(
          "min(1/2, 1/beta, b M / n), 1/beta what a message is of an announcement; where those are compressed and "
          "step=adaptive, min(1, 2/beta, b M / n)",
          "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)", "next"),
      Announcer::parameter(), constant_parameters(), component_constant_parameter());
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k that are announced exactly";
  plug.average_of = "z^{k+1/2}";
  plug.certifies = SnapshotExtragradient::certifies;
  plug.make = construct<VrMasha1>;
  return plug;
}

}  // namespace vireo::methods
