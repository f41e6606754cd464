#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/refresh.hpp"
#include "methods/snapshot.hpp"
#include "methods/step_size.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

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
class Masha2 final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive, for g != 0, and if step=auto needs an L that is not
  /// known
  Masha2(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  StepSize step_;
  Refresh refresh_;
  Snapshot snapshot_;
  bool with_feedback_;

  std::int64_t k_ = 0;
  Vector z_;
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

Masha2::Masha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "the theorem's"),
      snapshot_(context_, Snapshot::Keep::worker_values),
      with_feedback_(parameters.flag("feedback")) {
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
  const auto channel = require_contractive_channel(context_, "masha2");
  require_no_regularizer(context_, "masha2");
  refresh_ = Refresh(parameters, error_feedback_probability(channel));
  if (step_.needs_automatic() || context_.constants.L) {
    const double L_tilde = require_L_tilde(context_.constants, "masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, L_tilde, mu, refresh_.probability());
    step_.set_automatic(rule);
  }
}

void Masha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void Masha2::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;  // zero, where the method is proved

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), forward_);
  kernels::axpy(-gamma, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma, half_);

  // c_m = C_m^dev( gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m ),   G = C^serv( (1/M) sum_m c_m + e )
  const Mean G = context_.exchange.mean(
      {.channel = context_.channel, .iteration = draw_number(k_), .feedback = with_feedback_ ? &memory_ : nullptr},
      [&](Index m, View x) {
        context_.oracle.mean(m, half_, x);
        snapshot_.subtract(m, x);
        kernels::scale(gamma, x);
      });

  // z^{k+1} = z^{k+1/2} - G
  kernels::subtract(forward_, G, next_);
  g.prox(gamma, next_);

  // w^{k+1} = z^k with probability 1-tau, exchanged uncompressed
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

void Masha2::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
  if (!with_feedback_) return;
  state.per_worker("e_m", memory_.workers);
  state.by_segment("e", memory_.server);
}

void Masha2::restore() {
  forward_ = half_ = next_ = z_;
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> Masha2::description() const {
  return {{"step", step_.text()},
          {"refresh", refresh_.text()},
          {"feedback", with_feedback_ ? "on" : "off: nothing is proved"}};
}

std::vector<Rate> Masha2::rates() const {
  if (!with_feedback_) return {};
  return masha2_rates(step_, refresh_, context_);
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
  plug.make = construct<Masha2>;
  return plug;
}

}  // namespace vireo::methods
