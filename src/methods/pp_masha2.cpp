#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/participation.hpp"
#include "methods/refresh.hpp"
#include "methods/snapshot.hpp"
#include "methods/step_size.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

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
class PpMasha2 final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive or whose draws depend, for g != 0, for b > M, and if
  /// step=auto needs an L that is not known
  PpMasha2(const Parameters& parameters, MethodContext context);

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
  Participation participation_;

  std::int64_t k_ = 0;
  Vector z_;
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

PpMasha2::PpMasha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "the theorem's"),
      snapshot_(context_, Snapshot::Keep::worker_values),
      participation_(parameters, context_.exchange.layout().workers(), "pp-masha2"),
      memory_(context_.exchange.no_feedback()) {
  auto channel = require_contractive_channel(context_, "pp-masha2");
  require_independent(channel.up, context_.allow_unproven, "pp-masha2");
  require_no_regularizer(context_, "pp-masha2");

  channel.up = participating(channel.up, participation_.share());  // delta' = delta M / b
  refresh_ = Refresh(parameters, error_feedback_probability(channel));

  if (step_.needs_automatic() || context_.constants.L) {
    const double L_tilde = require_L_tilde(context_.constants, "pp-masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, L_tilde, mu, refresh_.probability());
    step_.set_automatic(rule);
  }
}

void PpMasha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void PpMasha2::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;  // zero, where the method is proved

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), forward_);
  kernels::axpy(-gamma, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma, half_);

  // c_m = C_m^dev( gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m ) in S, else 0;   G = C^serv( (1/M) sum_m c_m + e )
  const auto S = participation_.in_round(context_.seed, k_);
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const Mean G = context_.exchange.mean(
      {.channel = context_.channel, .iteration = draw_number(k_), .senders = S, .divisor = M, .feedback = &memory_},
      [&](Index m, View x) {
        context_.oracle.mean(m, half_, x);
        snapshot_.subtract(m, x);
        kernels::scale(gamma, x);
      });

  // z^{k+1} = z^{k+1/2} - G
  kernels::subtract(forward_, G, next_);
  g.prox(gamma, next_);

  // w^{k+1} = z^k with probability 1-tau, exchanged uncompressed by all
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

void PpMasha2::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
  state.per_worker("e_m", memory_.workers);
  state.by_segment("e", memory_.server);
}

void PpMasha2::restore() {
  forward_ = half_ = next_ = z_;
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> PpMasha2::description() const {
  return {{"step", step_.text()}, {"refresh", refresh_.text()}, {"participants", participation_.text()}};
}

std::vector<Rate> PpMasha2::rates() const { return masha2_rates(step_, refresh_, context_); }

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
      "step's constants: proof in masha2.cpp";
  plug.parameters = joined(Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works"),
                           Participation::parameter(),
                           Refresh::parameters("min(1/2, b / (delta M))",
                                               "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"),
                           constant_parameters());
  plug.default_return = "best";
  plug.make = construct<PpMasha2>;
  return plug;
}

}  // namespace vireo::methods
