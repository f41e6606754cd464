#include "methods/construct.hpp"
#include "methods/error_feedback_extragradient.hpp"
#include "methods/masha_theory.hpp"
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
/// Covers g = 0 only. Step, with c_C such that E||C^dev(x)||^2 <= c_C ||x||^2 (1 for Top-k; 4 always holds),
///     B = 320 c_C delta_serv^2    (0 if the server sends exactly)
///     H = 8 delta_dev^2 (20 + B) + B + 2     (the first term 0 if the workers send exactly)
///     mu > 0: gamma = min( sqrt(1 - tau) / (2 L_tilde sqrt(H)), (1 - tau) / (4 mu), 1 / (2 mu max(delta_dev,
///             delta_serv)) ), and with zhat = z - e - (1/M) sum_m e_m the function
///             Psi_k = ||zhat^k - z*||^2 + ||w^k - z*||^2 + a (1/M) sum_m ||e_m^k||^2 + b ||e^k||^2,
///             b = 80 delta_serv, a = 4 delta_dev (20 + B)     (each 0 where nothing is kept)
///             contracts: E Psi_K <= (1 - mu gamma / 2)^K Psi_0
///     mu = 0 (monotone, or with a Minty solution): gamma = sqrt(1 - tau) / (2 L_tilde sqrt(H)), and
///             (1/K) sum_k E||F(w^k)||^2 <= 8 ||z^0 - z*||^2 / (gamma^2 K)
/// (steps that work in practice are 25 to 150 times larger). Proof, for tau >= 1/2, with E = e + (1/M) sum_m e_m, r_z =
/// ||z^{k+1/2} - z^k||^2, r_w = ||z^{k+1/2} - w^k||^2: exactly zhat^{k+1} = tau zhat^k + (1-tau) (w^k - E) - gamma
/// F(z^{k+1/2}), hence
///     ||zhat^{k+1} - z*||^2 = tau ||zhat^k - z*||^2 + (1-tau) ||w^k - E - z*||^2 - tau r_z - (1-tau) r_w
///         + gamma^2 ||F(z^{k+1/2}) - F(w^k)||^2 - 2 gamma <F(z^{k+1/2}), z^{k+1/2} - z*> + 2 gamma <F(z^{k+1/2}), E>.
/// Adding E||w^{k+1} - z*||^2 with w^{k+1} = z^k = zhat^k + E leaves of the cross terms 2 (1-tau) <E, z^k - w^k>.
/// Young's inequality takes this and 2 gamma <F(z^{k+1/2}), E> into the negative terms at the price of 10 ||E||^2 <= 20
/// (mean ||e_m||^2 + ||e||^2), which the error feedback recursions pay for: mean ||e_m||^2 shrinks by 1 - 1/(2
/// delta_dev) and grows by 2 delta_dev gamma^2 L_tilde^2 r_w, ||e||^2 shrinks by 1 - 1/(2 delta_serv) and grows by 4
/// c_C delta_serv (mean ||e_m||^2 + gamma^2 L_tilde^2 r_w).
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
  if (step_.needs_automatic() || context_.constants.L) {
    const double L_tilde = require_L_tilde(context_.constants, "masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    step_.set_automatic(masha2_step(channel, L_tilde, mu, refresh_.probability()));
  }
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
      "proof in masha2.cpp";
  plug.parameters = joined(
      Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works"),
      Refresh::parameters("min(1/2, 1/delta)", "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"),
      Parameter::flag("feedback", "on", "off: what was not sent is forgotten, to see why it must not be"),
      constant_parameters());
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<Masha2>;
  return plug;
}

}  // namespace vireo::methods
