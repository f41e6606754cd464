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

/// VR-MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, the stochastic finite-sum variant of
/// Algorithm 2): MASHA2 where each worker evaluates b of its r components, not all.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) + e_m^k,   c_m = C_m^dev(x_m),   e_m^{k+1} = x_m - c_m
///                 B: b components of worker m (see SampledDifference)
///     y         = (1/M) sum_m c_m + e^k,                                 G = C^serv(y),        e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k                 (z^{k+1}, `refresh=next`, is not proved)
///
/// Covers g = 0 only. Step and guarantee are those of MASHA2 with (1-s) L_tilde^2 + s L_hat^2 for L_tilde^2, s and
/// L_hat as for VR-MASHA1: of D_m the proof uses no more than E D_m and the mean of E||D_m||^2.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/delta, b M / n) makes the last cost no more than the others.
class VrMasha2 final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive, for g != 0, and if step=auto needs an L or L_component
  /// that is not known
  VrMasha2(const Parameters& parameters, MethodContext context);

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
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

VrMasha2::VrMasha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "the theorem's"),
      snapshot_(context_, Snapshot::Keep::nothing),
      difference_(context_, parameters),
      memory_(context_.exchange.no_feedback()) {
  const auto channel = require_contractive_channel(context_, "vr-masha2");
  require_no_regularizer(context_, "vr-masha2");
  refresh_ = Refresh(parameters, std::min(error_feedback_probability(channel), difference_.cost()));

  if (step_.needs_automatic() || (context_.constants.L && context_.constants.L_component)) {
    const auto moments = moments_of(difference_, context_, "vr-masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, std::sqrt(moments.second_moment()), mu, refresh_.probability());
    step_.set_automatic(rule);
  }
}

void VrMasha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void VrMasha2::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;  // zero, where the method is proved
  const ConstView w = snapshot_.point();

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), w, forward_);
  kernels::axpy(-gamma, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma, half_);

  // c_m = C_m^dev( gamma ( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) + e_m ),   G = C^serv( (1/M) sum_m c_m + e )
  const Mean G = context_.exchange.mean(
      {.channel = context_.channel, .iteration = draw_number(k_), .feedback = &memory_}, [&](Index m, View x) {
        difference_(m, k_, half_, w, x);
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

void VrMasha2::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
  state.per_worker("e_m", memory_.workers);
  state.by_segment("e", memory_.server);
}

void VrMasha2::restore() {
  forward_ = half_ = next_ = z_;
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> VrMasha2::description() const {
  return {{"step", step_.text()}, {"refresh", refresh_.text()}, {"batch", difference_.text()}};
}

std::vector<Rate> VrMasha2::rates() const { return masha2_rates(step_, refresh_, context_); }

}  // namespace

MethodPlugIn vr_masha2() {
  MethodPlugIn plug;
  plug.name = "vr-masha2";
  plug.summary = "masha2 with sampled components: contractive compressors, error feedback; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_{m,B}(z^{k+1/2}) - F_{m,B}(w)) + e_m ), B: b components;  G = C( mean_m c_m + e );  z^{k+1} "
      "= z^{k+1/2} - G";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, variance-reduced variant of Algorithm 2; the "
      "step's constants: proof in masha2.cpp";
  plug.parameters = joined(Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works"),
                           SampledDifference::parameter(),
                           Refresh::parameters("min(1/2, 1/delta, b M / n)",
                                               "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"),
                           constant_parameters(), component_constant_parameter());
  plug.default_return = "best";
  plug.make = construct<VrMasha2>;
  return plug;
}

}  // namespace vireo::methods
