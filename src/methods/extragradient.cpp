#include "vireo/methods/extragradient.hpp"

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Extragradient::Extragradient(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters.step("step")) {
  refuse_compression(context_.channel, "extragradient");
  context_.constants = with_given(context_.constants, parameters);
  if (step_.value == 0 || context_.constants.L)
    automatic_ = 1 / (std::sqrt(2.0) * require_L(context_.constants, "extragradient"));
  gamma_ = step_.resolve(automatic_);
}

void Extragradient::evaluate(ConstView z, View F) {
  context_.exchange.mean([&](Index m, View x) { context_.oracle.mean(m, z, x); }, F);
}

void Extragradient::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  half_ = F_z_ = F_half_ = z_;
  evaluate(z_, F_z_);
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

void Extragradient::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
}

void Extragradient::restore() {
  half_ = F_z_ = F_half_ = z_;
  evaluate(z_, F_z_);
}

std::vector<std::pair<std::string, std::string>> Extragradient::description() const {
  return {{"step", step_text(step_, automatic_, "1 / (sqrt(2) L)")}};
}

void register_extragradient(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "extragradient";
  plug.summary = "the uncompressed baseline for monotone Lipschitz operators";
  plug.formula = "z^{k+1/2} = prox(z^k - gamma F(z^k));  z^{k+1} = prox(z^k - gamma F(z^{k+1/2}))";
  plug.reference = "Korpelevich, The extragradient method for finding saddle points and other problems, 1976";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 1 / (sqrt(2) L)")};
  for (auto& parameter : constant_parameters())
    if (parameter.name != "L_tilde") plug.parameters.push_back(std::move(parameter));
  plug.default_return = "last";
  plug.make = [](const Parameters& parameters, MethodContext context) {
    return std::make_unique<Extragradient>(parameters, std::move(context));
  };
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
