#include "vireo/methods/extragradient.hpp"

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Extragradient::Extragradient(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("extragradient", parameters, std::move(context)) {
  step_over_L(parameters, 1 / std::sqrt(2.0), "1 / (sqrt(2) L)");
}

void Extragradient::start(ConstView z0) {
  DeterministicMethod::start(z0);
  half_ = F_half_ = z_;
}

void Extragradient::iterate() {
  const auto& g = context_.regularizer;

  // z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
  kernels::add_scaled(z_, -gamma_, F_z_, half_);
  g.prox(gamma_, half_);

  // z^{k+1} = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
  evaluate(half_, F_half_);
  kernels::axpy(-gamma_, F_half_, z_);
  g.prox(gamma_, z_);

  evaluate(z_, F_z_);
  ++k_;
}

void Extragradient::restore() {
  DeterministicMethod::restore();
  half_ = F_half_ = z_;
}

void register_extragradient(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "extragradient";
  plug.summary = "the uncompressed baseline for monotone Lipschitz operators";
  plug.formula = "z^{k+1/2} = prox(z^k - gamma F(z^k));  z^{k+1} = prox(z^k - gamma F(z^{k+1/2}))";
  plug.reference = "Korpelevich, The extragradient method for finding saddle points and other problems, 1976";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 1 / (sqrt(2) L)"), L_parameter()};
  plug.make = construct<Extragradient>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
