#include "vireo/methods/masha1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/builtin.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Masha1::Masha1(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      refresh_(parameters.text("refresh") == "next" ? Refresh::next : Refresh::zk) {
  const auto dev = theory_of(context_.channel.uplink, context_.exchange);
  const auto serv = theory_of(context_.channel.downlink, context_.exchange);
  require_unbiased(dev, context_.allow_unproven, "masha1", "uplink");
  require_unbiased(serv, context_.allow_unproven, "masha1", "downlink");
  context_.constants = with_given(context_.constants, parameters);

  // 1 - tau = 1/beta balances the refreshes with the compressed messages
  const double density = dev.density < 1 ? dev.density : serv.density;
  probability_ = parameters.has("probability") ? parameters.real("probability") : std::min(0.5, density);

  if (step_.value == 0 || context_.constants.L) {
    const double L = require_L(context_.constants, "masha1");
    const double L_tilde = L_tilde_or_L(context_.constants);
    const double mu = total_mu(context_.constants, context_.regularizer);
    const auto M = static_cast<double>(context_.exchange.layout().workers());
    const double C_q = std::sqrt(serv.q) * mean_constant(dev, L, L_tilde, M);
    const double root = std::sqrt(probability_);
    if (mu > 0) {
      automatic_ = std::min(root / (2 * C_q), probability_ / (2 * mu));
      formula_ = "min( sqrt(1-tau) / (2 C_q), (1-tau) / (2 mu) )";
    } else if (context_.regularizer.zero()) {
      automatic_ = root / (2 * C_q);
      formula_ = "sqrt(1-tau) / (2 C_q)";
    } else {
      automatic_ = root / (2 * C_q + 4 * L);
      formula_ = "sqrt(1-tau) / (2 C_q + 4 L)";
    }
    formula_ += fmt::format(",  C_q = {:.6g}", C_q);
  }
  gamma_ = step_.resolve(automatic_);
}

void Masha1::exchange_snapshot() {
  context_.exchange.mean(
      [&](Index m, View x) {
        context_.oracle.mean(m, w_, Fm_w_[m]);
        std::ranges::copy(Fm_w_[m], x.begin());
      },
      F_w_);
}

void Masha1::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  w_ = F_w_ = zbar_ = half_ = G_ = next_ = z_;
  Fm_w_ = WorkerVectors(context_.exchange.workers(), z0.size());
  exchange_snapshot();
}

void Masha1::iterate() {
  const auto& g = context_.regularizer;
  const double tau = 1 - probability_;
  const auto k = static_cast<std::uint64_t>(k_);

  // 1  zbar^k = tau z^k + (1-tau) w^k
  kernels::combine(tau, z_, probability_, w_, zbar_);

  // 2  z^{k+1/2} = prox_{gamma g}( zbar^k - gamma F(w^k) )
  kernels::add_scaled(zbar_, -gamma_, F_w_, half_);
  g.prox(gamma_, half_);

  // 3, 4  G = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
  context_.exchange.mean(
      context_.channel, k,
      [&](Index m, View D) {
        context_.oracle.mean(m, half_, D);
        kernels::axpy(-1.0, Fm_w_[m], D);
      },
      G_);

  // 6  z^{k+1} = prox_{gamma g}( zbar^k - gamma ( F(w^k) + G ) )
  kernels::combine(1.0, F_w_, 1.0, G_, next_);
  kernels::combine(1.0, zbar_, -gamma_, next_, next_);
  g.prox(gamma_, next_);

  // 5, 7  b_k = 1 with probability 1-tau: w^{k+1} = z^k or z^{k+1}, exchanged uncompressed
  const random::Key coin{.seed = context_.seed, .purpose = random::Purpose::coin, .iteration = k};
  const bool refresh = random::coin(coin, probability_);
  if (refresh) w_ = refresh_ == Refresh::next ? next_ : z_;
  z_.swap(next_);
  ++k_;
  if (refresh) {
    refreshed_ = k_;
    exchange_snapshot();
  }
}

void Masha1::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("refreshed", refreshed_);
  state.global("z", z_);
  state.global("w", w_);
}

void Masha1::restore() {
  F_w_ = zbar_ = half_ = G_ = next_ = z_;
  Fm_w_ = WorkerVectors(context_.exchange.workers(), z_.size());
  exchange_snapshot();
}

std::vector<std::pair<std::string, std::string>> Masha1::description() const {
  return {{"step", step_text(step_, automatic_, formula_)},
          {"refresh", fmt::format("with probability 1-tau = {:.6g}, w <- {}", probability_,
                                  refresh_ == Refresh::next ? "z^{k+1}" : "z^k")}};
}

void register_masha1(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "masha1";
  plug.summary = "extragradient with unbiased compression both ways, without a noise floor";
  plug.formula =
      "G = Q( mean_m Q_m( F_m(z^{k+1/2}) - F_m(w) ) );  z^{k+1} = prox( tau z^k + (1-tau) w - gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1; sharp constant C_q: "
      "independent compressors' variances add";
  plug.parameters = {
      Parameter::step("step", "auto", "gamma; auto: the theorem's"),
      Parameter::real("probability", "auto",
                      "1 - tau, of a refresh; auto: min(1/2, 1/beta), 1/beta the compressed share", 0, 1)
          .open_below()
          .or_auto(),
      Parameter::choice("refresh", "zk", "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)",
                        {"zk", "next"})};
  for (auto& parameter : constant_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.default_return = "best";
  plug.make = [](const Parameters& parameters, MethodContext context) {
    return std::make_unique<Masha1>(parameters, std::move(context));
  };
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
