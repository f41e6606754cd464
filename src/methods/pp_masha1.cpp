#include <algorithm>
#include <cmath>

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
///     C_q^2 = q_serv ( (1 - c/b) L^2 + (c + q_dev - 1) L_tilde^2 / b ),    c = (M - b)/(M - 1),
/// for compressors whose draws are independent over the workers (others are refused). The variance of b workers without
/// replacement is at most that of b independent draws, for which the constant is q_serv ( L^2 + q_dev L_tilde^2 / b );
/// with b = M it is that of MASHA1.
/// Per iteration: b worker evaluations F_m, b messages up, M down (all keep the iterates), and with probability 1 - tau
/// one evaluation of F and one uncompressed exchange. 1 - tau = b / (beta M) balances the traffic up.
class PpMasha1 final : public Method {
 public:
  /// throws UsageError for biased compressors or dependent draws, for b > M, and if step=auto needs an L that is not
  /// known
  PpMasha1(const Parameters& parameters, MethodContext context);

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
  Vector zbar_, half_, next_;
};

PpMasha1::PpMasha1(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "the theorem's"),
      snapshot_(context_, Snapshot::Keep::worker_values),
      participation_(parameters, context_.exchange.layout().workers(), "pp-masha1") {
  const auto channel = require_unbiased_channel(context_, "pp-masha1");
  require_independent(channel.up, context_.allow_unproven, "pp-masha1");

  // 1 - tau = b / (beta M) balances the refreshes, in which all send, with the compressed messages
  refresh_ = Refresh(parameters, std::min(0.5, compressed_share(channel) * participation_.share()));

  if (step_.needs_automatic() || context_.constants.L) {
    const double L = require_L(context_.constants, "pp-masha1");
    const auto M = static_cast<double>(context_.exchange.layout().workers());
    const auto b = static_cast<double>(participation_.size());
    const double C_q =
        std::sqrt(channel.down.q) * participating_mean_constant(channel.up, L, L_tilde_or_L(context_.constants), M, b);
    const auto rule = masha1_step(C_q, refresh_.probability(), L, total_mu(context_.constants, context_.regularizer),
                                  context_.regularizer);
    step_.set_automatic(rule);
  }
}

void PpMasha1::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  zbar_ = half_ = next_ = z_;
  snapshot_.move(z_, 0);
}

void PpMasha1::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;

  // zbar^k = tau z^k + (1-tau) w^k
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), zbar_);

  // z^{k+1/2} = prox_{gamma g}( zbar^k - gamma F(w^k) )
  kernels::add_scaled(zbar_, -gamma, snapshot_.F(), half_);
  g.prox(gamma, half_);

  // G = Q^serv( (1/b) sum_{m in S} Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
  const auto S = participation_.in_round(context_.seed, k_);
  const Mean G = context_.exchange.mean({.channel = context_.channel, .iteration = draw_number(k_), .senders = S},
                                        [&](Index m, View D) {
                                          context_.oracle.mean(m, half_, D);
                                          snapshot_.subtract(m, D);
                                        });

  // z^{k+1} = prox_{gamma g}( zbar^k - gamma ( F(w^k) + G ) )
  kernels::add_scaled(snapshot_.F(), 1.0, G, next_);
  kernels::combine(1.0, zbar_, -gamma, next_, next_);
  g.prox(gamma, next_);

  // w^{k+1} = z^k or z^{k+1} with probability 1-tau, exchanged uncompressed by all
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

void PpMasha1::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
}

void PpMasha1::restore() {
  zbar_ = half_ = next_ = z_;
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> PpMasha1::description() const {
  return {{"step", step_.text()}, {"refresh", refresh_.text()}, {"participants", participation_.text()}};
}

std::vector<Rate> PpMasha1::rates() const { return masha1_rates(step_, refresh_, context_); }

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
  plug.parameters =
      joined(Parameter::step("step", "auto", "gamma; auto: the theorem's"), Participation::parameter(),
             Refresh::parameters("min(1/2, b / (beta M)), 1/beta the compressed share",
                                 "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)"),
             constant_parameters());
  plug.default_return = "best";
  plug.make = construct<PpMasha1>;
  return plug;
}

}  // namespace vireo::methods
