#include "methods/cocoercive.hpp"

#include "methods/parameter_list.hpp"
#include "vireo/core/error.hpp"

namespace vireo::methods {

std::vector<Parameter> cocoercive_parameters(std::string automatic_step) {
  return joined(Parameter::step("step", "auto", std::move(automatic_step)), without("mu", constant_parameters()),
                Parameter::positive("cocoercivity", "",
                                    "ell with <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2, in place of the problem's"));
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

double require_cocoercivity_of_components(const Constants& constants, bool allow_unproven, const std::string& method) {
  const auto positive = [](const std::optional<Constant>& constant) { return constant && constant->value > 0; };
  if (positive(constants.cocoercivity_component)) return constants.cocoercivity_component->value;
  if (!constants.cocoercivity_component && !allow_unproven)
    throw UsageError("method " + method,
                     "its theory needs components that are cocoercive on average, and these are not known to be; feg "
                     "and vr-halpern-monotone need none, cocoercivity_component=... gives the constant, "
                     "--allow-unproven goes on with L_component in its place");
  if (positive(constants.L_component)) return constants.L_component->value;
  return require_L(constants, method);
}

bool needs_component_cocoercivity(const Parameters& parameters) { return !parameters.has("cocoercivity_component"); }

Parameter component_cocoercivity_parameter() {
  return Parameter::positive("cocoercivity_component", "",
                             "ell with <F(u)-F(v), u-v> >= (1/ell) mean_i ||F_i(u)-F_i(v)||^2, "
                             "in place of the problem's");
}

}  // namespace vireo::methods
