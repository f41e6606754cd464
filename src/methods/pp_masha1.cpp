#include "vireo/methods/pp_masha1.hpp"

#include <algorithm>
#include <cmath>

#include "methods/builtin.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

PpMasha1::PpMasha1(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      snapshot_(context_, Snapshot::Keep::worker_values),
      participation_(parameters, context_.exchange.layout().workers(), "pp-masha1") {
  const auto channel = require_unbiased_channel(context_, "pp-masha1");
  require_independent(channel.up, context_.allow_unproven, "pp-masha1");
  context_.constants = with_given(context_.constants, parameters);

  // 1 - tau = b / (beta M) balances the refreshes, in which all send, with the compressed messages
  refresh_ = Refresh(parameters, std::min(0.5, compressed_share(channel) * participation_.share()));

  if (step_.value == 0 || context_.constants.L) {
    const double L = require_L(context_.constants, "pp-masha1");
    const auto M = static_cast<double>(context_.exchange.layout().workers());
    const auto b = static_cast<double>(participation_.size());
    const double C_q =
        std::sqrt(channel.down.q) * participating_mean_constant(channel.up, L, L_tilde_or_L(context_.constants), M, b);
    const auto rule = masha1_step(C_q, refresh_.probability(), L, total_mu(context_.constants, context_.regularizer),
                                  context_.regularizer);
    automatic_ = rule.gamma;
    formula_ = rule.formula;
  }
  gamma_ = step_.resolve(automatic_);
}

void PpMasha1::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  zbar_ = half_ = next_ = z_;
  snapshot_.move(z_, 0);
}

void PpMasha1::iterate() {
  const auto& g = context_.regularizer;

  // zbar^k = tau z^k + (1-tau) w^k
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), zbar_);

  // z^{k+1/2} = prox_{gamma g}( zbar^k - gamma F(w^k) )
  kernels::add_scaled(zbar_, -gamma_, snapshot_.F(), half_);
  g.prox(gamma_, half_);

  // G = Q^serv( (1/b) sum_{m in S} Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
  const auto S = participation_.in_round(context_.seed, k_);
  const Mean G = context_.exchange.mean(
      {.channel = context_.channel, .iteration = static_cast<std::uint64_t>(k_), .senders = S}, [&](Index m, View D) {
        context_.oracle.mean(m, half_, D);
        snapshot_.subtract(m, D);
      });

  // z^{k+1} = prox_{gamma g}( zbar^k - gamma ( F(w^k) + G ) )
  kernels::add_scaled(snapshot_.F(), 1.0, G, next_);
  kernels::combine(1.0, zbar_, -gamma_, next_, next_);
  g.prox(gamma_, next_);

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
  return {{"step", step_text(step_, automatic_, formula_)},
          {"refresh", refresh_.text()},
          {"participants", participation_.text()}};
}

std::vector<Rate> PpMasha1::rates() const { return masha1_rates(gamma_, automatic_, refresh_, context_); }

void register_pp_masha1(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "pp-masha1";
  plug.summary = "masha1 where only some of the workers compute and send in a round";
  plug.formula =
      "G = Q( (1/b) sum_{m in S} Q_m( F_m(z^{k+1/2}) - F_m(w) ) ), S: b of M workers;  z^{k+1} = prox( tau z^k + "
      "(1-tau) w - gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1 with partial participation; sharp "
      "constant C_q for workers without replacement";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: the theorem's"), Participation::parameter()};
  for (auto& parameter :
       Refresh::parameters("min(1/2, b / (beta M)), 1/beta the compressed share",
                           "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)"))
    plug.parameters.push_back(std::move(parameter));
  for (auto& parameter : constant_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.default_return = "best";
  plug.make = construct<PpMasha1>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
