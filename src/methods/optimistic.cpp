#include "vireo/methods/optimistic.hpp"

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Optimistic::Optimistic(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("optimistic", parameters, std::move(context)) {
  step_over_L(parameters, 0.99 / 2, "0.99 / (2 L)");
}

void Optimistic::start(ConstView z0) {
  DeterministicMethod::start(z0);
  w_ = z_;
}

void Optimistic::iterate() {
  const auto& g = context_.regularizer;

  // w^{k+1} = prox_{gamma g}( w^k - gamma F(z^k) )
  kernels::axpy(-gamma_, F_z_, w_);
  g.prox(gamma_, w_);

  // z^{k+1} = prox_{gamma g}( w^{k+1} - gamma F(z^k) )
  kernels::add_scaled(w_, -gamma_, F_z_, z_);
  g.prox(gamma_, z_);

  evaluate(z_, F_z_);
  ++k_;
}

void Optimistic::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("w", w_);
}

std::vector<Rate> Optimistic::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants)) return {};
  const auto& g = context_.regularizer;
  const double t = gamma_ * constants.L->value;  // gamma L
  const double mu_g = g.strong_convexity();
  if (!(t < 0.5)) return {};
  const double s = parallel(2 * gamma_ * constants.mu->value + gamma_ * mu_g, 1 - 4 * t * t);
  const double q = std::sqrt((1 - s) / (1 + gamma_ * mu_g));
  if (!(q > t)) return {};
  const double moved = std::sqrt(1 + t * t);  // ||w^1 - z*|| <= moved D
  const double C = g.zero() ? std::sqrt(1 + 2 * t * t) : std::hypot(moved, 1 + moved);
  return linear_rates(C / (q - t), q, false,
                      "|z^k - z*| <= C q^k D / (q - gamma L), q^2 = (1 - c m/(c+m)) / (1 + gamma mu_g), m = gamma (2 "
                      "mu + mu_g), c = 1 - 4 gamma^2 L^2 (proof in optimistic.hpp)",
                      context_);
}

void register_optimistic(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "optimistic";
  plug.summary = "extragradient from the past: one evaluation an iteration, for monotone Lipschitz operators";
  plug.formula = "w^{k+1} = prox(w^k - gamma F(z^k));  z^{k+1} = prox(w^{k+1} - gamma F(z^k))";
  plug.reference = "Popov, A modification of the Arrow-Hurwicz method for search of saddle points, 1980";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 0.99 / (2 L)"), L_parameter()};
  plug.make = construct<Optimistic>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
