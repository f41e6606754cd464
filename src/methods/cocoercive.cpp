#include "methods/cocoercive.hpp"

#include "vireo/core/error.hpp"

namespace vireo {

std::vector<Parameter> cocoercive_parameters(std::string automatic_step) {
  std::vector<Parameter> parameters{Parameter::step("step", "auto", std::move(automatic_step))};
  for (auto& parameter : constant_parameters())
    if (parameter.name != "mu") parameters.push_back(std::move(parameter));
  parameters.push_back(Parameter::positive(
      "cocoercivity", "", "ell with <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2, in place of the problem's"));
  return parameters;
}

CocoercivityOfWorkers require_cocoercivity_of_workers(const Constants& constants, bool allow_unproven,
                                                      const std::string& method) {
  if (!constants.cocoercivity && !allow_unproven)
    throw UsageError(method + ": step=auto needs a cocoercivity constant and the problem knows none: give --method " +
                     method + ":step=... or cocoercivity=..., or --allow-unproven, which goes on with L in its place");
  const double ell = require_cocoercivity(constants, allow_unproven, method);
  double ratio = 1;
  if (constants.L && constants.L->value > 0) ratio = L_tilde_or_L(constants) / constants.L->value;
  return {.ell = ell, .ell_tilde = ell * ratio * ratio};
}

}  // namespace vireo
