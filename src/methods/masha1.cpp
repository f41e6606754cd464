#include <cmath>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/snapshot_extragradient.hpp"

namespace vireo::methods {
namespace {

/// MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, "Distributed methods with compressed communication for
/// solving variational inequalities, with theoretical guarantees", NeurIPS 2022, Algorithm 1): extragradient around a
/// snapshot w whose F_m(w) and F(w) are known, so that only differences that vanish at the solution are compressed.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// For unbiased compressors with E||Q(x)||^2 <= q||x||^2 whose draws are independent over the workers the estimate has
///     C_q^2 = q_serv ( L^2 + (q_dev - 1) L_ms^2 / M )         (randk-shared: q_serv q_dev L^2; permk: q_serv L_ms^2)
/// with L_ms of Constants. Steps below sqrt(1 - tau) / C_q are proved, for any g and mu; rate and proof are in
/// masha1_theory.hpp, what `step=adaptive` does and keeps of it in adaptive_step.hpp.
/// Per iteration: 1 evaluation of F and one compressed exchange, and with probability 1 - tau one more of each,
/// uncompressed.
///
/// How F_m(w) and F(w) are announced at a refresh, and what that costs: Announcer, masha1_theory.hpp.
class Masha1 final : public SnapshotExtragradient {
 public:
  /// throws UsageError for biased compressors, for a snapshot compressor that leaves all it is given, and if step=auto
  /// needs an L that is not known
  Masha1(const Parameters& parameters, const MethodContext& context);
};

Masha1::Masha1(const Parameters& parameters, const MethodContext& context)
    : SnapshotExtragradient("masha1", parameters, context, DifferenceEstimate::Kind::full) {
  // 1 - tau = 1/beta, over what an announcement is of an exact one, balances the refreshes with the messages
  balance(parameters);

  if (!step_.needs_automatic() && !context_.constants.L) return;
  const auto& constants = context_.constants;
  const double L = require_L(constants, "masha1");
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const double root = std::sqrt(channel().down.q);
  const double p = refresh_.probability();
  double former_C = root * mean_constant(channel().up, L, L_tilde_or_L(constants), M);
  const double eps = relative_error(announced().up);
  if (eps > 0 && eps < 1)
    former_C = version_0_1_0::inexact_snapshot_constant(former_C, channel(), L_tilde_or_L(constants), M, eps, p,
                                                        refresh_.to_next());
  take(root * mean_constant(channel().up, L, L_ms_or_more(constants), M), mean_constant(channel().up, 1, 1, M),
       version_0_1_0::masha1_step(former_C, p, L, total_mu(constants, context_.regularizer), context_.regularizer,
                                  eps < 1 ? eps : 0));
}

}  // namespace

MethodPlugIn masha1() {
  MethodPlugIn plug;
  plug.name = "masha1";
  plug.also_called = {"masha"};
  plug.summary = "extragradient with unbiased compression both ways, without a noise floor";
  plug.formula =
      "G = Q( mean_m Q_m( F_m(z^{k+1/2}) - F_m(w) ) );  z^{k+1} = prox( tau z^k + (1-tau) w - gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1; sharp constant C_q: "
      "independent compressors' variances add";
  plug.parameters = joined(
      SnapshotExtragradient::step_parameter(),
      Refresh::parameters(
          "min(1/2, 1/beta), 1/beta what a message is of an announcement; where those are compressed and step=adaptive, "
          "min(1, 2/beta)",
          "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)", "next"),
      Announcer::parameter(), constant_parameters());
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k that are announced exactly";
  plug.average_of = "z^{k+1/2}";
  plug.certifies = SnapshotExtragradient::certifies;
  plug.make = construct<Masha1>;
  return plug;
}

}  // namespace vireo::methods
