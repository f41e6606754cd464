#include "methods/safeguarded_step.hpp"

#include <algorithm>

namespace vireo::methods {
namespace {

constexpr double cut = 0.7;
constexpr double worse = 4;
constexpr double fallen = 0.99;
constexpr std::int64_t patience = 1000;

}  // namespace

SafeguardedStep::Verdict SafeguardedStep::heed(double residual) {
  ++refreshes_;
  ++without_;
  const bool stalled = without_ >= std::max(patience, refreshes_ / 2);
  if ((!(residual <= worse * least_) || stalled) && !at_floor()) {
    gamma_ = ceiling_ = std::max(cut * gamma_, floor_);
    without_ = 0;
    return Verdict::goes_back;
  }
  gamma_ *= growth_;
  if (ceiling_ > 0) gamma_ = std::min(gamma_, ceiling_);
  if (!(residual < least_)) return Verdict::goes_on;
  least_ = residual;
  if (least_ <= fallen * reference_) {
    reference_ = least_;
    without_ = 0;
  }
  return Verdict::best;
}

void SafeguardedStep::start(ConstView snapshot, double residual) {
  best_.assign(snapshot.begin(), snapshot.end());
  start(residual);
}

bool SafeguardedStep::goes_back(ConstView snapshot, double residual) {
  const auto verdict = heed(residual);
  if (verdict == Verdict::best) best_.assign(snapshot.begin(), snapshot.end());
  return verdict == Verdict::goes_back;
}

std::string SafeguardedStep::text(const std::string& doubt) {
  if (!doubt.empty()) return " at first; adaptive; not proved: " + doubt;
  return " at first; adaptive: grows until a refresh finds the residual worse, then goes back, and is cut";
}

void SafeguardedStep::list_state(StateList& state) {
  state.scalar("step", gamma_);
  state.scalar("shortest_step", floor_);
  state.scalar("longest_step", ceiling_);
  state.scalar("least_residual", least_);
  state.scalar("reference_residual", reference_);
  state.scalar("refreshes", refreshes_);
  state.scalar("refreshes_without", without_);
  state.global("best", best_);
}

}  // namespace vireo::methods
