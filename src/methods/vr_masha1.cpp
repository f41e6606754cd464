#include <algorithm>
#include <cmath>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/refresh.hpp"
#include "methods/sampling.hpp"
#include "methods/snapshot.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

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
///     C_q^2 = q_serv ( L^2 + ( max(0, q_dev (1-s) - 1) L_tilde^2 + q_dev s L_hat^2 ) / M )
///     (randk-shared: q_serv q_dev (L^2 + s L_hat^2 / M);  permk: q_serv ((1-s) L_tilde^2 + s L_hat^2)),
///     s = (r-b) / (b (r-1)),    L_hat^2 = (M r / n) L_component^2,    r: components of the largest shard,
/// because E||D_m||^2 is at most (1-s) ||F_m(z^{k+1/2}) - F_m(w)||^2 + s times the mean square of single components.
/// For one component that is q_serv ( L^2 + q_dev L_hat^2 / M ), for all of them the constant of MASHA1. Where the
/// problem draws components by a law of its own, s = 1/b and M r / n is M times the largest probability of a shard.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/beta, b M / n) makes the last cost no more than the others.
class VrMasha1 final : public Method {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs an L or L_component that is not known
  VrMasha1(const Parameters& parameters, MethodContext context);

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
  SampledDifference difference_;

  std::int64_t k_ = 0;
  Vector z_;
  Vector zbar_, half_, next_;
};

VrMasha1::VrMasha1(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "the theorem's"),
      snapshot_(context_, Snapshot::Keep::nothing),
      difference_(context_, parameters) {
  const auto channel = require_unbiased_channel(context_, "vr-masha1");
  // 1 - tau = min(1/beta, b M / n) balances the refreshes with the compressed messages, and with the batches
  refresh_ = Refresh(parameters, std::min({0.5, compressed_share(channel), difference_.cost()}));

  if (step_.needs_automatic() || (context_.constants.L && context_.constants.L_component)) {
    const auto moments = moments_of(difference_, context_, "vr-masha1");
    const auto M = static_cast<double>(context_.exchange.layout().workers());
    const double C_q = std::sqrt(channel.down.q) * sampled_mean_constant(channel.up, moments, M);
    const auto rule = masha1_step(C_q, refresh_.probability(), moments.L,
                                  total_mu(context_.constants, context_.regularizer), context_.regularizer);
    step_.set_automatic(rule);
  }
}

void VrMasha1::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  zbar_ = half_ = next_ = z_;
  snapshot_.move(z_, 0);
}

void VrMasha1::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;
  const ConstView w = snapshot_.point();

  // zbar^k = tau z^k + (1-tau) w^k
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), w, zbar_);

  // z^{k+1/2} = prox_{gamma g}( zbar^k - gamma F(w^k) )
  kernels::add_scaled(zbar_, -gamma, snapshot_.F(), half_);
  g.prox(gamma, half_);

  // G = Q^serv( (1/M) sum_m Q_m^dev( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) )
  const Mean G = context_.exchange.mean(context_.channel, draw_number(k_),
                                        [&](Index m, View D) { difference_(m, k_, half_, w, D); });

  // z^{k+1} = prox_{gamma g}( zbar^k - gamma ( F(w^k) + G ) )
  kernels::add_scaled(snapshot_.F(), 1.0, G, next_);
  kernels::combine(1.0, zbar_, -gamma, next_, next_);
  g.prox(gamma, next_);

  // w^{k+1} = z^k or z^{k+1} with probability 1-tau, exchanged uncompressed
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

void VrMasha1::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
}

void VrMasha1::restore() {
  zbar_ = half_ = next_ = z_;
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> VrMasha1::description() const {
  return {{"step", step_.text()}, {"refresh", refresh_.text()}, {"batch", difference_.text()}};
}

std::vector<Rate> VrMasha1::rates() const { return masha1_rates(step_, refresh_, context_); }

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
  plug.parameters =
      joined(Parameter::step("step", "auto", "gamma; auto: the theorem's"), SampledDifference::parameter(),
             Refresh::parameters("min(1/2, 1/beta, b M / n), 1/beta the compressed share",
                                 "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)"),
             constant_parameters(), component_constant_parameter());
  plug.default_return = "best";
  plug.make = construct<VrMasha1>;
  return plug;
}

}  // namespace vireo::methods
