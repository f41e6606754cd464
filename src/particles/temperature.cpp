#include <algorithm>

#include "particles/swarm.hpp"

namespace vireo::particles {

double Swarm::next_alpha() {
  const auto& [start, factor, maximum, hold, effective] = settings_.alpha;
  const double grown = std::min(alpha_ * factor, maximum);
  if (grown <= hold || factor == 1) return grown;

  constexpr double patience = 0.25;
  constexpr double rise = 1.2;
  const double level = std::max(hold, start);
  if (settled_value_ - best_value_ > static_cast<double>(place_.dimension) / level) {
    settled_value_ = best_value_;
    settled_ = 0;
  }
  ++settled_;
  if (static_cast<double>(settled_) <= patience * static_cast<double>(k_)) return level;
  return std::min(rise * std::max(alpha_, level), maximum);
}

}  // namespace vireo::particles
