#include "methods/construct.hpp"
#include "methods/error_feedback_extragradient.hpp"
#include "methods/former_steps.hpp"
#include "methods/parameter_list.hpp"

namespace vireo::methods {
namespace {

/// PP-MASHA2: MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2) with partial
/// participation in the uplink: in a round b of the M workers send; the others keep all they would have sent.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m^k
///     c_m       = C_m^dev(x_m) if m in S^k, else 0,                  e_m^{k+1} = x_m - c_m
///     y         = (1/M) sum_m c_m + e^k,        G = C^serv(y),       e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k             (z^{k+1}, `refresh=next`, is not proved)
///
/// "C with probability b/M, else 0" is contractive with delta' = delta M / b, so that step and guarantee are those of
/// MASHA2 with delta_dev M / b for delta_dev (g = 0 only). S is drawn without replacement from a key that all ranks
/// know; the proof uses of each worker no more than the probability b/M. Compressors must draw independently over the
/// workers.
/// Per iteration: 1 evaluation of F by all workers (one that is really absent is not covered), b messages up, M down,
/// and with probability 1 - tau one evaluation of F and one uncompressed exchange. 1 - tau = 1/delta'.
class PpMasha2 final : public ErrorFeedbackExtragradient {
 public:
  /// throws UsageError for compressors that are not contractive or whose draws depend, for g != 0, for b > M, and if
  /// step=auto needs an L that is not known
  PpMasha2(const Parameters& parameters, MethodContext context);
};

PpMasha2::PpMasha2(const Parameters& parameters, MethodContext context)
    : ErrorFeedbackExtragradient("pp-masha2", parameters, std::move(context), DifferenceEstimate::Kind::participating) {
  auto channel = require_contractive_channel(context_, "pp-masha2");
  require_independent(channel.up, context_.allow_unproven, "pp-masha2");
  require_no_regularizer(context_, "pp-masha2");

  channel.up = participating(channel.up, estimate_.participation().share());  // delta' = delta M / b
  refresh_ = Refresh(parameters, error_feedback_probability(channel));

  if (!step_.needs_automatic() && !context_.constants.L) return;
  const auto& constants = context_.constants;
  const double L = require_L(constants, "pp-masha2");
  const double mu = total_mu(constants, context_.regularizer);
  const double p = refresh_.probability();
  take({.channel = channel, .L = L, .L_ms = L_ms_or_more(constants), .mu = mu, .probability = p},
       version_0_1_0::masha2_step(channel, L_tilde_or_L(constants), mu, p));
}

}  // namespace

MethodPlugIn pp_masha2() {
  MethodPlugIn plug;
  plug.name = "pp-masha2";
  plug.summary = "masha2 where only some of the workers send in a round; the others remember; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_m(z^{k+1/2}) - F_m(w)) + e_m ) if m in S, else 0;  G = C( mean_m c_m + e );  z^{k+1} = "
      "z^{k+1/2} - G, S: b of M workers";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2 with partial participation; the "
      "step's constants: proof in masha2_theory.hpp";
  plug.parameters =
      joined(ErrorFeedbackExtragradient::step_parameter(), Participation::parameter(),
             Refresh::parameters("min(1/2, b / (delta M))",
                                 "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)", "zk"),
             constant_parameters());
  plug.usual_uplink = "topk:fraction=0.1";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<PpMasha2>;
  return plug;
}

}  // namespace vireo::methods
