#include "vireo/methods/masha2.hpp"

#include "methods/builtin.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Masha2::Masha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      snapshot_(context_, Snapshot::Keep::worker_values),
      with_feedback_(parameters.flag("feedback")) {
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
  const auto channel = require_contractive_channel(context_, "masha2");
  require_no_regularizer(context_, "masha2");
  context_.constants = with_given(context_.constants, parameters);
  refresh_ = Refresh(parameters, error_feedback_probability(channel));
  if (step_.value == 0 || context_.constants.L) {
    const double L_tilde = require_L_tilde(context_.constants, "masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, L_tilde, mu, refresh_.probability());
    automatic_ = rule.gamma;
    formula_ = rule.formula;
  }
  gamma_ = step_.resolve(automatic_);
}

void Masha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void Masha2::iterate() {
  const auto& g = context_.regularizer;  // zero, where the method is proved

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), forward_);
  kernels::axpy(-gamma_, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma_, half_);

  // c_m = C_m^dev( gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m ),   G = C^serv( (1/M) sum_m c_m + e )
  const Mean G = context_.exchange.mean({.channel = context_.channel,
                                         .iteration = static_cast<std::uint64_t>(k_),
                                         .feedback = with_feedback_ ? &memory_ : nullptr},
                                        [&](Index m, View x) {
                                          context_.oracle.mean(m, half_, x);
                                          snapshot_.subtract(m, x);
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
  return {{"step", step_text(step_, automatic_, formula_)},
          {"refresh", refresh_.text()},
          {"feedback", with_feedback_ ? "on" : "off: nothing is proved"}};
}

std::vector<Rate> Masha2::rates() const {
  if (!with_feedback_) return {};
  return masha2_rates(gamma_, automatic_, refresh_, context_);
}

void register_masha2(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "masha2";
  plug.summary = "masha1 for contractive compressors such as topk, with error feedback on workers and server; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_m(z^{k+1/2}) - F_m(w)) + e_m );  G = C( mean_m c_m + e );  z^{k+1} = z^{k+1/2} - G;  e_m, "
      "e: what was not sent";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2; the step's constants: "
      "proof in masha2.hpp";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works")};
  for (auto& parameter : Refresh::parameters("min(1/2, 1/delta)",
                                             "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"))
    plug.parameters.push_back(std::move(parameter));
  plug.parameters.push_back(
      Parameter::flag("feedback", "on", "off: what was not sent is forgotten, to see why it must not be"));
  for (auto& parameter : constant_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.default_return = "best";
  plug.make = construct<Masha2>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
