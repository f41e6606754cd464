#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>

#include "vireo/core/vector.hpp"

/// What all benches share: timing several things in turns, and lines for the closing table (closing_table.py).
namespace vireo::bench {

template <class Action>
double seconds(Action&& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The shortest time of each action. They are called in turns, so that a machine that others use slows all of them
/// alike, for at least `least_seconds` and ten rounds; the first round warms up and does not count.
template <class... Actions>
std::array<double, sizeof...(Actions)> fastest_in_turns(double least_seconds, Actions&&... actions) {
  std::array<double, sizeof...(Actions)> fastest;
  fastest.fill(std::numeric_limits<double>::infinity());
  (actions(), ...);
  double total = 0;
  for (int round = 0; round < 10 || total < least_seconds; ++round) {
    Index i = 0;
    const auto time = [&](auto& action) {
      const double took = seconds(action);
      fastest[i] = std::min(fastest[i], took);
      total += took;
      ++i;
    };
    (time(actions), ...);
  }
  return fastest;
}

/// What a figure must reach.
struct Target {
  const char* side;  ///< counter that holds the bound; null: the figure is shown only
  double bound;
};
inline Target at_least(double bound) { return {"at_least", bound}; }
inline Target at_most(double bound) { return {"at_most", bound}; }
inline Target shown() { return {nullptr, 0}; }

/// Makes this benchmark a line of the closing table: its label, the figure, and what it must reach.
inline void line(benchmark::State& state, const std::string& label, double measured, const Target& target) {
  state.SetLabel(label);
  state.counters["measured"] = measured;
  if (target.side != nullptr) state.counters[target.side] = target.bound;
}

}  // namespace vireo::bench
