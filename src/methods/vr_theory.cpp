#include "methods/vr_theory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "methods/masha_theory.hpp"
#include "methods/scaled_constants.hpp"
#include "vireo/core/error.hpp"

namespace vireo::methods {

double require_L_component(const Constants& constants, const std::string& method) {
  if (!constants.L_component)
    throw UsageError(method +
                     " needs the mean-square Lipschitz constant of the components "
                     "and the problem knows none: give --method " +
                     method + ":L_component=...");
  if (!(constants.L_component->value > 0))
    throw UsageError(method + ": L_component = 0 (the F_i are constant), no step follows: give --method " + method +
                     ":step=...");
  return constants.L_component->value;
}

double sampled_constant(const ComponentBatch& batch, const Constants& constants, const std::string& method) {
  const double L_component = require_L_component(constants, method);
  const double L = constants.L ? std::min(constants.L->value, L_component) : L_component;
  const double s = batch.spread();
  return with_scaled(
      [&](double l, double l_component) { return std::sqrt((1 - s) * l * l + s * l_component * l_component); }, L,
      L_component);
}

std::vector<std::pair<std::string, std::string>> sampled_lines(const StepSize& step, const Refresh& refresh,
                                                               const ComponentBatch& batch) {
  return {{"step", step.text()},
          {"refresh", fmt::format("with probability p = {:.6g}, w <- z^{{k+1}}", refresh.probability())},
          {"batch", batch.text()}};
}

std::vector<Parameter> sampling_parameters() {
  return {ComponentBatch::parameter(), L_parameter(), component_constant_parameter()};
}

}  // namespace vireo::methods
