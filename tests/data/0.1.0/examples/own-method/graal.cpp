#include "graal.hpp"

#include <memory>
#include <numbers>

#include "vireo/core/kernels.hpp"

using std::numbers::phi;
namespace kernels = vireo::kernels;

Graal::Graal(const vireo::Parameters& parameters, vireo::MethodContext context)
    : DeterministicMethod("graal", parameters, std::move(context)) {
  step_over_L(parameters, phi / 2, "phi / (2 L)");
}

void Graal::start(vireo::ConstView z0) {
  DeterministicMethod::start(z0);
  zbar_ = z_;
}

void Graal::iterate() {
  // 1  zbar^k = ( (phi-1) z^k + zbar^{k-1} ) / phi
  kernels::combine((phi - 1) / phi, z_, 1 / phi, zbar_, zbar_);

  // 2  z^{k+1} = prox_{gamma g}( zbar^k - gamma F(z^k) )
  kernels::add_scaled(zbar_, -gamma_, F_z_, z_);
  context_.regularizer.prox(gamma_, z_);

  evaluate(z_, F_z_);
  ++k_;
}

void Graal::list_state(vireo::StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("zbar", zbar_);
}

void register_graal(vireo::Registry& registry) {
  vireo::MethodPlugIn plug;
  plug.name = "graal";
  plug.summary = "golden ratio: one evaluation an iteration, for monotone Lipschitz operators";
  plug.formula = "zbar^k = ((phi-1) z^k + zbar^{k-1}) / phi;  z^{k+1} = prox(zbar^k - gamma F(z^k))";
  plug.reference = "Malitsky, Golden ratio algorithms for variational inequalities, Mathematical Programming 2020";
  plug.parameters = {vireo::Parameter::step("step", "auto", "gamma; auto: phi / (2 L)"),
                     vireo::Parameter::positive("L", "", "Lipschitz constant of F, in place of the problem's")};
  plug.make = [](const vireo::Parameters& parameters, vireo::MethodContext context) {
    return std::make_unique<Graal>(parameters, std::move(context));
  };
  registry.methods.add(std::move(plug));
}
