#include "methods/adaptive_step.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vireo::methods {
namespace {

constexpr double wanted = 0.65;
constexpr double refreshes_remembered = 8;
constexpr double most_growth_at_once = 1.02;
constexpr double watched = 0.98;
constexpr double lower_than_step = 0.9;
constexpr double lower_than_ceiling = 0.7;

}  // namespace

AdaptiveStep::AdaptiveStep(double first, double floor, double probability, double most_growth)
    : first_(first), floor_(floor), probability_(probability), gamma_(first), ceiling_(most_growth * first) {}

void AdaptiveStep::heed(double spent, double available) {
  if (!(available > 0) || !std::isfinite(available) || !std::isfinite(spent)) return;
  const double grown = (gamma_ / first_) * (gamma_ / first_);
  watch(spent, available, grown);
  const double remembered = 1 - probability_ / refreshes_remembered;
  spent_ = remembered * spent_ + spent / grown;
  available_ = remembered * available_ + available;
  const double wish =
      spent_ > 0 ? first_ * std::sqrt(wanted * (available_ / spent_)) : std::numeric_limits<double>::infinity();
  gamma_ = std::max(std::min({most_growth_at_once * gamma_, wish, ceiling_}), floor_);
}

/// grown: (gamma_k / gamma_0)^2
void AdaptiveStep::watch(double spent, double available, double grown) {
  if (of_scale_ == 0) of_scale_ = available / grown;
  const double allowed = 10 / probability_ * grown * of_scale_;
  if (available > allowed) {
    lower_ceiling(lower_than_ceiling * ceiling_);
    return;
  }
  balance_ = std::max(balance_ + (spent - watched * available), -allowed);
  if (balance_ > allowed) lower_ceiling(lower_than_step * std::min(ceiling_, gamma_));
}

void AdaptiveStep::lower_ceiling(double to) {
  ceiling_ = to;
  balance_ = 0;
  of_scale_ = 0;
}

std::string AdaptiveStep::text(const std::string& doubt) {
  return doubt.empty() ? "; adaptive: longer where the iterates show that it may be"
                       : "; adaptive; not proved: " + doubt;
}

void AdaptiveStep::list_state(StateList& state) {
  state.scalar("step", gamma_);
  state.scalar("first_step", first_);
  state.scalar("shortest_step", floor_);
  state.scalar("longest_step", ceiling_);
  state.scalar("step_spent", spent_);
  state.scalar("step_available", available_);
  state.scalar("step_balance", balance_);
  state.scalar("step_scale", of_scale_);
}

}  // namespace vireo::methods
