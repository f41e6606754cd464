#include "vireo/methods/vr_masha2.hpp"

#include <algorithm>
#include <cmath>

#include "methods/builtin.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

VrMasha2::VrMasha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      snapshot_(context_, Snapshot::Keep::nothing),
      difference_(context_, parameters),
      memory_(context_.exchange.no_feedback()) {
  const auto channel = require_contractive_channel(context_, "vr-masha2");
  require_no_regularizer(context_, "vr-masha2");
  context_.constants = with_given(context_.constants, parameters);
  refresh_ = Refresh(parameters, std::min(error_feedback_probability(channel), difference_.cost()));

  if (step_.value == 0 || (context_.constants.L && context_.constants.L_component)) {
    const auto moments = moments_of(difference_, context_, "vr-masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, std::sqrt(moments.second_moment()), mu, refresh_.probability());
    automatic_ = rule.gamma;
    formula_ = rule.formula;
  }
  gamma_ = step_.resolve(automatic_);
}

void VrMasha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void VrMasha2::iterate() {
  const auto& g = context_.regularizer;  // zero, where the method is proved
  const ConstView w = snapshot_.point();

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), w, forward_);
  kernels::axpy(-gamma_, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma_, half_);

  // c_m = C_m^dev( gamma ( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) + e_m ),   G = C^serv( (1/M) sum_m c_m + e )
  const Mean G = context_.exchange.mean(
      {.channel = context_.channel, .iteration = static_cast<std::uint64_t>(k_), .feedback = &memory_},
      [&](Index m, View x) {
        difference_(m, k_, half_, w, x);
        kernels::scale(gamma_, x);
      });

  // z^{k+1} = z^{k+1/2} - G
  kernels::subtract(forward_, G, next_);
  g.prox(gamma_, next_);

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
  return {
      {"step", step_text(step_, automatic_, formula_)}, {"refresh", refresh_.text()}, {"batch", difference_.text()}};
}

std::vector<Rate> VrMasha2::rates() const { return masha2_rates(gamma_, automatic_, refresh_, context_); }

void register_vr_masha2(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "vr-masha2";
  plug.summary = "masha2 with sampled components: contractive compressors, error feedback; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_{m,B}(z^{k+1/2}) - F_{m,B}(w)) + e_m ), B: b components;  G = C( mean_m c_m + e );  z^{k+1} "
      "= z^{k+1/2} - G";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, variance-reduced variant of Algorithm 2; the "
      "step's constants: proof in masha2.hpp";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works"),
                     SampledDifference::parameter()};
  for (auto& parameter : Refresh::parameters("min(1/2, 1/delta, b M / n)",
                                             "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"))
    plug.parameters.push_back(std::move(parameter));
  for (auto& parameter : constant_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.parameters.push_back(component_constant_parameter());
  plug.default_return = "best";
  plug.make = construct<VrMasha2>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
