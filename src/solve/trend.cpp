#include "solve/trend.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::solving {
namespace {

constexpr std::int64_t shortest_absence = 1000;  // iterations
constexpr std::int64_t fewest_checks = 20;       // without a fall, at a noise floor

bool long_absent(std::int64_t left_at, std::int64_t iteration) {
  return left_at >= 0 && iteration - left_at >= std::max(shortest_absence, iteration / 2);
}

}  // namespace

Trend Trend::after(const Check& check) const {
  if (std::isnan(check.residual)) return *this;  // not a residual
  Trend next = *this;
  next.latest_at = check.iteration;
  next.held = std::min(held, std::max({check.residual, one_before, two_before}));
  next.two_before = one_before;
  next.one_before = check.residual;

  ++next.not_fallen;
  if (next.held < 0.9 * fell_to) {
    next.fell_to = next.held;
    next.fell_at = check.iteration;
    next.not_fallen = 0;
  }

  next.at_rounding = check.residual <= rounding_factor * check.rounding_level ? at_rounding + 1 : 0;

  const bool on_its_way_back = long_absent(left_at, check.iteration) && check.residual < left_peak / 10;
  if (!(check.residual > leaving_factor * next.held)) {
    next.left_at = -1;
    next.left_peak = 0;
  } else if (left_at < 0 || on_its_way_back) {
    next.left_at = check.iteration;
    next.left_peak = check.residual;
  } else {
    next.left_peak = std::max(left_peak, check.residual);
  }
  return next;
}

void Trend::list_state(StateList& state) {
  if (!state.has_scalar("trend_held")) return;
  state.scalar("trend_latest_at", latest_at);
  state.scalar("trend_one_before", one_before);
  state.scalar("trend_two_before", two_before);
  state.scalar("trend_held", held);
  state.scalar("trend_fell_to", fell_to);
  state.scalar("trend_fell_at", fell_at);
  state.scalar("trend_not_fallen", not_fallen);
  state.scalar("trend_at_rounding", at_rounding);
  state.scalar("trend_left_at", left_at);
  state.scalar("trend_left_peak", left_peak);
  state.scalar("trend_warned", warned);
}

bool has_left(const Trend& trend) { return long_absent(trend.left_at, trend.latest_at); }

bool at_noise_floor(const Trend& trend, const Check& latest) {
  return trend.warned == 0 && latest.at_own_expense && trend.not_fallen >= fewest_checks &&
         latest.iteration - trend.fell_at >= latest.iteration / 2 && trend.held > 1000 * latest.rounding_level;
}

}  // namespace vireo::solving
