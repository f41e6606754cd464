#include "methods/construct.hpp"
#include "methods/error_feedback_extragradient.hpp"
#include "methods/former_steps.hpp"
#include "methods/parameter_list.hpp"

namespace vireo::methods {
namespace {

/// MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2): MASHA1 for contractive
/// compressors such as Top-k, E||C(x) - x||^2 <= (1 - 1/delta) ||x||^2, with error feedback on the workers and on the
/// server. The step is inside the compressor, so that memories are in units of z.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m^k,     c_m = C_m^dev(x_m),     e_m^{k+1} = x_m - c_m
///     y         = (1/M) sum_m c_m + e^k,                           G = C^serv(y),          e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k           (z^{k+1}, `refresh=next`, is not proved)
///
/// Covers g = 0 only. Step, rate and proof are in masha2_theory.hpp; the steps that work are hundreds of times longer,
/// and `step=adaptive` finds them (safeguarded_step.hpp).
///
/// Per iteration: 1 evaluation of F and one compressed exchange, and with probability 1 - tau one more of each,
/// uncompressed. With the identity both ways this is MASHA1. `feedback=off` drops the memories: it shows what they are
/// for, and is not proved.
class Masha2 final : public ErrorFeedbackExtragradient {
 public:
  /// throws UsageError for compressors that are not contractive, for g != 0, and if step=auto needs an L that is not
  /// known
  Masha2(const Parameters& parameters, MethodContext context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
};

Masha2::Masha2(const Parameters& parameters, MethodContext context)
    : ErrorFeedbackExtragradient("masha2", parameters, std::move(context), DifferenceEstimate::Kind::full,
                                 parameters.flag("feedback")) {
  const auto channel = require_contractive_channel(context_, "masha2");
  require_no_regularizer(context_, "masha2");
  refresh_ = Refresh(parameters, error_feedback_probability(channel));
  if (!step_.needs_automatic() && !context_.constants.L) return;
  const auto& constants = context_.constants;
  const double L = require_L(constants, "masha2");
  const double mu = total_mu(constants, context_.regularizer);
  const double p = refresh_.probability();
  take({.channel = channel, .L = L, .L_ms = L_ms_or_more(constants), .mu = mu, .probability = p},
       version_0_1_0::masha2_step(channel, L_tilde_or_L(constants), mu, p));
}

std::vector<std::pair<std::string, std::string>> Masha2::description() const {
  auto lines = ErrorFeedbackExtragradient::description();
  lines.emplace_back("feedback", with_feedback_ ? "on" : "off: nothing is proved");
  return lines;
}

}  // namespace

MethodPlugIn masha2() {
  MethodPlugIn plug;
  plug.name = "masha2";
  plug.summary = "masha1 for contractive compressors such as topk, with error feedback on workers and server; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_m(z^{k+1/2}) - F_m(w)) + e_m );  G = C( mean_m c_m + e );  z^{k+1} = z^{k+1/2} - G;  e_m, "
      "e: what was not sent";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2; the step's constants: "
      "proof in masha2_theory.hpp";
  plug.parameters =
      joined(ErrorFeedbackExtragradient::step_parameter(),
             Refresh::parameters("min(1/2, 1/delta)",
                                 "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)", "zk"),
             Parameter::flag("feedback", "on", "off: what was not sent is forgotten, to see why it must not be"),
             constant_parameters());
  plug.usual_uplink = "topk:fraction=0.1";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<Masha2>;
  return plug;
}

}  // namespace vireo::methods
