#include "vireo/methods/vr_extragradient.hpp"

#include <algorithm>
#include <cmath>

#include "methods/builtin.hpp"
#include "methods/rates.hpp"
#include "methods/vr_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

constexpr const char* name = "vr-extragradient";
constexpr const char* formula = "0.99 sqrt(p) / L_S";

}  // namespace

VrExtragradient::VrExtragradient(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters.step("step")),
      batch_(context_, parameters),
      snapshot_(context_, Snapshot::Keep::nothing) {
  refuse_compression(context_.channel, name);
  context_.constants = with_given(context_.constants, parameters);
  const double p = parameters.has("probability") ? parameters.real("probability") : std::min(1.0, 2 * batch_.cost());
  refresh_ = Refresh(p);
  if (step_.value == 0 || context_.constants.L_component)
    automatic_ = 0.99 * std::sqrt(p) / sampled_constant(batch_, context_.constants, name);
  gamma_ = step_.resolve(automatic_);
}

void VrExtragradient::allocate() { forward_ = half_ = difference_ = z_; }

void VrExtragradient::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  allocate();
  snapshot_.move(z_, 0);
}

void VrExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const ConstView w = snapshot_.point();
  const double p = refresh_.probability();

  // zbar - gamma F(w^k),   zbar = (1-p) z^k + p w^k
  kernels::combine(1 - p, z_, p, w, forward_);
  kernels::axpy(-gamma_, snapshot_.F(), forward_);

  // z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
  half_ = forward_;
  g.prox(gamma_, half_);

  // z^{k+1} = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^{k+1/2}) - F_S(w^k) ] )
  batch_.difference(k_, half_, w, difference_);
  kernels::add_scaled(forward_, -gamma_, difference_, z_);
  g.prox(gamma_, z_);

  // w^{k+1} = z^{k+1} with probability p
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(z_, k_ + 1);
  ++k_;
}

void VrExtragradient::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
}

void VrExtragradient::restore() {
  allocate();
  snapshot_.restore();
}

std::vector<std::pair<std::string, std::string>> VrExtragradient::description() const {
  return sampled_lines(step_text(step_, automatic_, formula), refresh_, batch_);
}

std::vector<Rate> VrExtragradient::rates() const {
  const auto& constants = context_.constants;
  const double p = refresh_.probability();
  if (!certain(constants.L_component) || (constants.L && !certain(constants.L)) || !monotone(constants)) return {};
  const double t = gamma_ * sampled_constant(batch_, constants, name);  // gamma L_S
  const double c = p - t * t;
  if (!(c > 0)) return {};

  // the largest s < c with s (1-p)/(1-s) + s c/(c-s) <= m
  const double m = gamma_ * (2 * constants.mu->value + context_.regularizer.strong_convexity());
  double s = 0;
  double above = c;
  for (int i = 0; i < 100; ++i) {
    const double middle = (s + above) / 2;
    const double needed = middle * (1 - p) / (1 - middle) + middle * c / (c - middle);
    (needed <= m ? s : above) = middle;
  }
  const double constant = p < 1 ? std::sqrt((2 - p) / (1 - p)) : 1.0;
  return linear_rates(constant, std::sqrt(1 - s), p < 1 || batch_.spread() > 0,
                      "|z^k - z*| <= sqrt((2-p)/(1-p)) (1 - s)^{k/2} D in the root mean square, s of the proof in "
                      "vr_extragradient.hpp",
                      context_);
}

void register_vr_extragradient(Registry& registry) {
  MethodPlugIn plug;
  plug.name = name;
  plug.summary =
      "extragradient on sampled components: sqrt(n) times fewer evaluations to the same gap, for monotone operators "
      "that are sums of many";
  plug.formula =
      "zbar = (1-p) z + p w;  z^{k+1/2} = prox(zbar - gamma F(w));  z^{k+1} = prox(zbar - gamma [F(w) + F_S(z^{k+1/2}) "
      "- F_S(w)]), S: b components;  w = z^{k+1} with probability p";
  plug.reference =
      "Alacaoglu, Malitsky, Stochastic variance reduction for variational inequality methods, COLT 2022, Algorithm 1";
  plug.parameters = {
      Parameter::step("step", "auto", "gamma; auto: 0.99 sqrt(p) / L_S, L_S^2 = (1-s) L^2 + s L_component^2, s = 1/b"),
      Parameter::real("probability", "auto", "p, that the snapshot becomes z^{k+1}; auto: 2 b / n", 0, 1)
          .open_below()
          .or_auto()};
  for (auto& parameter : sampling_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.default_return = "best";
  plug.make = construct<VrExtragradient>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
