#pragma once

#include <optional>
#include <string>
#include <vector>

#include "methods/step_size.hpp"
#include "vireo/methods/method.hpp"

/// What methods have in common whose step is a StepSize, unless it is adaptive (AdaptiveStep, SafeguardedStep).
namespace vireo::methods {

template <class Adaptive>
void list_step(StateList& state, std::optional<Adaptive>& adaptive, StepSize& fixed) {
  if (adaptive)
    adaptive->list_state(state);
  else
    fixed.list_state(state);
}

/// gamma of the next iteration
template <class Adaptive>
[[nodiscard]] double value_of(const std::optional<Adaptive>& adaptive, const StepSize& fixed) {
  return adaptive ? adaptive->value() : fixed.value();
}

/// The column `step`, for Method::measures; empty if it is not adaptive
template <class Adaptive>
[[nodiscard]] std::vector<Measure> step_measure(const std::optional<Adaptive>& adaptive,
                                                const std::string& definition = "gamma of the next iteration") {
  if (!adaptive) return {};
  return {{.name = "step", .units = "1", .definition = definition, .value = adaptive->value()}};
}

}  // namespace vireo::methods
