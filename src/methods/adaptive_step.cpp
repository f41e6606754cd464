#include "methods/adaptive_step.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::methods {
namespace {

constexpr double wanted = 0.9;
constexpr double least_available = 0.95;
constexpr double remembered = 0.9;
constexpr double most_growth_at_once = 1.01;
constexpr double most_cut_at_once = 0.7;
constexpr double lower_ceiling = 0.9;

}  // namespace

AdaptiveStep::AdaptiveStep(double first, double floor, double probability, double most_growth)
    : first_(first), floor_(floor), probability_(probability), gamma_(first), ceiling_(most_growth * first) {}

void AdaptiveStep::heed(double spent, double available) {
  if (!(available > 0) || !std::isfinite(available) || !std::isfinite(spent)) return;
  if (available_at_first_ == 0) available_at_first_ = available;
  quotients_ = remembered * quotients_ + spent / available;
  weights_ = remembered * weights_ + 1;
  balance_ += spent - least_available * available;

  const double grown = gamma_ / first_;
  if (balance_ > 10 / probability_ * grown * grown * available_at_first_) {
    ceiling_ = lower_ceiling * std::min(ceiling_, gamma_);
    balance_ = 0;
  }
  const double wish = quotients_ > 0 ? std::sqrt(wanted * weights_ / quotients_) : most_growth_at_once;
  gamma_ *= std::min(most_growth_at_once, std::max(most_cut_at_once, wish));
  gamma_ = std::max(std::min(gamma_, ceiling_), floor_);
}

std::string AdaptiveStep::text() const {
  return floor_ > 0 ? "; adaptive: longer where the iterates show that it may be"
                    : "; adaptive; not proved: a constant is estimated";
}

void AdaptiveStep::list_state(StateList& state) {
  state.scalar("step", gamma_);
  state.scalar("longest_step", ceiling_);
  state.scalar("step_quotients", quotients_);
  state.scalar("step_weights", weights_);
  state.scalar("step_balance", balance_);
  state.scalar("step_scale", available_at_first_);
}

}  // namespace vireo::methods
