#include "methods/step_size.hpp"

#include <fmt/format.h>

#include <utility>

namespace vireo::methods {

void StepSize::set_automatic(double gamma, const std::string& numbers) {
  automatic_ = gamma;
  if (!numbers.empty()) formula_ += ",  " + numbers;
}

void StepSize::set_automatic(StepRule rule) {
  automatic_ = rule.gamma;
  formula_ = std::move(rule.formula);
}

void StepSize::list_state(StateList& state) {
  double gamma = value();
  if (state.has_scalar("step"))
    state.scalar("step", gamma);
  else if (former_ > 0)
    gamma = given_.resolve(former_);
  resumed_ = gamma;
}

std::string StepSize::text() const {
  if (given_.value > 0 && automatic_ > 0)
    return fmt::format("{:.6g} (given; auto would be {:.6g} = {})", given_.value, automatic_, formula_);
  if (given_.value > 0) return fmt::format("{:.6g} (given; auto would be {})", given_.value, formula_);
  if (given_.factor != 1) return fmt::format("{:.6g} ({:g} x auto, auto = {})", value(), given_.factor, formula_);
  return fmt::format("{:.6g} = {}", automatic_, formula_);
}

}  // namespace vireo::methods
