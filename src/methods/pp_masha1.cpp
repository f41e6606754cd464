#include <cmath>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/snapshot_extragradient.hpp"

namespace vireo::methods {
namespace {

/// PP-MASHA1: MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1) with partial
/// participation: in a round b of the M workers compute and send; all take part in a refresh.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/b) sum_{m in S} Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) ),    S = S^k: b of the M workers
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// S is drawn without replacement; all ranks know it, so that no message says who takes part. Step and guarantee are
/// those of MASHA1 with
///     C_q^2 = q_serv ( (1 - c/b) L^2 + (c + q_dev - 1) L_ms^2 / b ),    c = (M - b)/(M - 1),
/// for compressors whose draws are independent over the workers (others are refused). The variance of b workers
/// without replacement is at most that of b independent draws, for which the constant is q_serv ( L^2 + q_dev L_ms^2 /
/// b ); with b = M it is that of MASHA1.
/// Per iteration: b worker evaluations F_m, b messages up, M down (all keep the iterates), and with probability 1 -
/// tau one evaluation of F and one announcement (Announcer). 1 - tau = b / (beta M) balances the traffic up.
class PpMasha1 final : public SnapshotExtragradient {
 public:
  /// throws UsageError for biased compressors or dependent draws, for b > M, and if step=auto needs an L that is not
  /// known
  PpMasha1(const Parameters& parameters, const MethodContext& context);
};

PpMasha1::PpMasha1(const Parameters& parameters, const MethodContext& context)
    : SnapshotExtragradient("pp-masha1", parameters, context, DifferenceEstimate::Kind::participating) {
  require_independent(channel().up, context_.allow_unproven, "pp-masha1");
  const auto& participation = estimate_.participation();

  // 1 - tau = b / (beta M) balances the refreshes, in which all send, with the compressed messages
  balance(parameters, 1, participation.share());

  if (!step_.needs_automatic() && !context_.constants.L) return;
  const auto& constants = context_.constants;
  const double L = require_L(constants, "pp-masha1");
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const auto b = static_cast<double>(participation.size());
  const auto C = [&](double of_mean, double of_workers) {
    return participating_mean_constant(channel().up, of_mean, of_workers, M, b);
  };
  const double root = std::sqrt(channel().down.q);
  take(root * C(L, L_ms_or_more(constants)), C(1, 1),
       version_0_1_0::masha1_step(root * C(L, L_tilde_or_L(constants)), refresh_.probability(), L,
                                  total_mu(constants, context_.regularizer), context_.regularizer));
}

}  // namespace

MethodPlugIn pp_masha1() {
  MethodPlugIn plug;
  plug.name = "pp-masha1";
  plug.summary = "masha1 where only some of the workers compute and send in a round";
  plug.formula =
      "G = Q( (1/b) sum_{m in S} Q_m( F_m(z^{k+1/2}) - F_m(w) ) ), S: b of M workers;  z^{k+1} = prox( tau z^k + "
      "(1-tau) w - gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1 with partial participation; sharp "
      "constant C_q for workers without replacement";
  plug.parameters = joined(
      SnapshotExtragradient::step_parameter(), Participation::parameter(),
      Refresh::parameters(
          "min(1/2, b / (beta M)), 1/beta what a message is of an announcement; where those are compressed and step=adaptive, "
          "min(1, 2 b / (beta M))",
          "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)", "next"),
      Announcer::parameter(), constant_parameters());
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k that are announced exactly";
  plug.average_of = "z^{k+1/2}";
  plug.certifies = SnapshotExtragradient::certifies;
  plug.make = construct<PpMasha1>;
  return plug;
}

}  // namespace vireo::methods
