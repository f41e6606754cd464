#pragma once

#include <string>
#include <utility>
#include <vector>

#include "methods/component_batch.hpp"
#include "methods/refresh.hpp"
#include "methods/step_size.hpp"
#include "methods/theory.hpp"

namespace vireo::methods {

/// L_component > 0; throws UsageError that says how to give it
[[nodiscard]] double require_L_component(const Constants& constants, const std::string& method);

/// L_S with E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u - v||^2: L_S^2 = (1-s) L^2 + s L_component^2, s =
/// ComponentBatch::spread. With one component it is L_component. throws UsageError if that is not known
[[nodiscard]] double sampled_constant(const ComponentBatch& batch, const Constants& constants,
                                      const std::string& method);

/// The lines of a description that these methods have in common: step, refresh, batch
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sampled_lines(const StepSize& step,
                                                                             const Refresh& refresh,
                                                                             const ComponentBatch& batch);

/// The parameters L, L_component and batch, which the methods that sample all n components have in common
[[nodiscard]] std::vector<Parameter> sampling_parameters();

}  // namespace vireo::methods
