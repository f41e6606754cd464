#include "vireo/methods/qsgda.hpp"

#include <fmt/format.h>

#include "methods/builtin.hpp"
#include "methods/cocoercive.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

QuantizedDescentAscent::QuantizedDescentAscent(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters.step("step")), formula_("1 / (ell + 2 v)") {
  const auto channel = require_unbiased_channel(context_, "qsgda");
  context_.constants = with_given(context_.constants, parameters);
  if (step_.value == 0 || context_.constants.cocoercivity.value_or(Constant{}).value > 0) {
    const auto cocoercivity = require_cocoercivity_of_workers(context_.constants, context_.allow_unproven, "qsgda");
    const double v = variance_both_ways(channel.up, channel.down, cocoercivity.sizes(),
                                        static_cast<double>(context_.exchange.layout().workers()));
    automatic_ = 1 / (cocoercivity.ell + 2 * v);
    formula_ += fmt::format(",  ell = {:.6g}, v = {:.6g}", cocoercivity.ell, v);
  }
  gamma_ = step_.resolve(automatic_);
}

void QuantizedDescentAscent::start(ConstView z0) { z_.assign(z0.begin(), z0.end()); }

void QuantizedDescentAscent::iterate() {
  // z^{k+1} = prox_{gamma g}( z^k - gamma Q(F(z^k)) )
  const Mean G = context_.exchange.mean(context_.channel, static_cast<std::uint64_t>(k_),
                                        [&](Index m, View x) { context_.oracle.mean(m, z_, x); });
  kernels::axpy(-gamma_, G, z_);
  context_.regularizer.prox(gamma_, z_);
  ++k_;
}

void QuantizedDescentAscent::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
}

std::vector<std::pair<std::string, std::string>> QuantizedDescentAscent::description() const {
  return {{"step", step_text(step_, automatic_, formula_)}};
}

void register_qsgda(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "qsgda";
  plug.summary =
      "quantised gradient descent-ascent for cocoercive operators, a baseline: it stalls at a noise floor where workers "
      "differ, and costs kappa^2 on bilinear problems";
  plug.formula = "z^{k+1} = prox( z^k - gamma Q( mean_m Q_m( F_m(z^k) ) ) )";
  plug.reference =
      "Beznosikov, Gorbunov, Berard, Loizou, Stochastic gradient descent-ascent, AISTATS 2023 (QSGDA), with constants "
      "of our own proof";
  plug.parameters = cocoercive_parameters(
      "gamma; auto: 1 / (ell + 2 v), ell the cocoercivity constant, v the compressors' variance in its units");
  plug.default_return = "last";
  plug.make = construct<QuantizedDescentAscent>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
