#include "vireo/methods/forb.hpp"

#include <algorithm>
#include <cmath>

#include "methods/builtin.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

ForwardReflectedBackward::ForwardReflectedBackward(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("forb", parameters, std::move(context)) {
  step_over_L(parameters, 0.99 / 2, "0.99 / (2 L)");
}

void ForwardReflectedBackward::start(ConstView z0) {
  DeterministicMethod::start(z0);
  F_previous_ = F_z_;
}

void ForwardReflectedBackward::iterate() {
  // z^{k+1} = prox_{gamma g}( z^k - gamma ( 2 F(z^k) - F(z^{k-1}) ) )
  kernels::axpy(-2 * gamma_, F_z_, z_);
  kernels::axpy(+gamma_, F_previous_, z_);
  context_.regularizer.prox(gamma_, z_);

  F_previous_.swap(F_z_);
  evaluate(z_, F_z_);
  ++k_;
}

void ForwardReflectedBackward::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("F_previous", F_previous_);
}

std::vector<Rate> ForwardReflectedBackward::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants)) return {};
  const double t = gamma_ * constants.L->value;  // gamma L
  if (!(t < 0.5)) return {};
  const double s = std::min(2 * gamma_ * total_mu(constants, context_.regularizer) / (1 + t), (1 - 2 * t) / (2 * t));
  return linear_rates(1 / std::sqrt(1 - t), 1 / std::sqrt(1 + s), false,
                      "|z^k - z*| <= (1 + s)^{-k/2} D / sqrt(1 - gamma L), s = min(2 gamma mu / (1 + gamma L), "
                      "(1 - 2 gamma L) / (2 gamma L)) (proof in forb.hpp)",
                      context_);
}

void register_forb(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "forb";
  plug.summary =
      "forward-reflected-backward: one evaluation and one prox an iteration, for monotone Lipschitz operators";
  plug.formula = "z^{k+1} = prox(z^k - gamma (2 F(z^k) - F(z^{k-1})))";
  plug.reference =
      "Malitsky, Tam, A forward-backward splitting method for monotone "
      "inclusions without cocoercivity, SIAM J. Optim. 2020";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 0.99 / (2 L)"), L_parameter()};
  plug.make = construct<ForwardReflectedBackward>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
