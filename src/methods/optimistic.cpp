#include "vireo/methods/optimistic.hpp"

#include "methods/builtin.hpp"
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
