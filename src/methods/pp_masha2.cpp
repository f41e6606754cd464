#include "vireo/methods/pp_masha2.hpp"

#include "methods/builtin.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

PpMasha2::PpMasha2(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      snapshot_(context_, Snapshot::Keep::worker_values),
      participation_(parameters, context_.exchange.layout().workers(), "pp-masha2"),
      memory_(context_.exchange.no_feedback()) {
  auto channel = require_contractive_channel(context_, "pp-masha2");
  require_independent(channel.up, context_.allow_unproven, "pp-masha2");
  require_no_regularizer(context_, "pp-masha2");
  context_.constants = with_given(context_.constants, parameters);

  channel.up = participating(channel.up, participation_.share());  // delta' = delta M / b
  refresh_ = Refresh(parameters, error_feedback_probability(channel));

  if (step_.value == 0 || context_.constants.L) {
    const double L_tilde = require_L_tilde(context_.constants, "pp-masha2");
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto rule = masha2_step(channel, L_tilde, mu, refresh_.probability());
    automatic_ = rule.gamma;
    formula_ = rule.formula;
  }
  gamma_ = step_.resolve(automatic_);
}

void PpMasha2::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  forward_ = half_ = next_ = z_;
  memory_ = context_.exchange.no_feedback();
  snapshot_.move(z_, 0);
}

void PpMasha2::iterate() {
  const auto& g = context_.regularizer;  // zero, where the method is proved

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), forward_);
  kernels::axpy(-gamma_, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma_, half_);

  // c_m = C_m^dev( gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m ) in S, else 0;   G = C^serv( (1/M) sum_m c_m + e )
  const auto S = participation_.in_round(context_.seed, k_);
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const Mean G = context_.exchange.mean({.channel = context_.channel,
                                         .iteration = static_cast<std::uint64_t>(k_),
                                         .senders = S,
                                         .divisor = M,
                                         .feedback = &memory_},
                                        [&](Index m, View x) {
                                          context_.oracle.mean(m, half_, x);
                                          snapshot_.subtract(m, x);
                                          kernels::scale(gamma_, x);
                                        });

  // z^{k+1} = z^{k+1/2} - G
  kernels::subtract(forward_, G, next_);
  g.prox(gamma_, next_);

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
  return {{"step", step_text(step_, automatic_, formula_)},
          {"refresh", refresh_.text()},
          {"participants", participation_.text()}};
}

std::vector<Rate> PpMasha2::rates() const { return masha2_rates(gamma_, automatic_, refresh_, context_); }

void register_pp_masha2(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "pp-masha2";
  plug.summary = "masha2 where only some of the workers send in a round; the others remember; g = 0";
  plug.formula =
      "c_m = C_m( gamma (F_m(z^{k+1/2}) - F_m(w)) + e_m ) if m in S, else 0;  G = C( mean_m c_m + e );  z^{k+1} = "
      "z^{k+1/2} - G, S: b of M workers";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2 with partial participation; the "
      "step's constants: proof in masha2.hpp";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: the theorem's, which is far below what works"),
                     Participation::parameter()};
  for (auto& parameter : Refresh::parameters("min(1/2, b / (delta M))",
                                             "what the snapshot becomes: z^k (proved) or z^{k+1} (faster as a rule)"))
    plug.parameters.push_back(std::move(parameter));
  for (auto& parameter : constant_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.default_return = "best";
  plug.make = construct<PpMasha2>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
