#pragma once

#include <cstdint>
#include <limits>

#include "vireo/core/state.hpp"

namespace vireo::solving {

/// A residual that a run has paid for.
struct Check {
  std::int64_t iteration = 0;  ///< k
  double residual = 0;
  double rounding_level = 0;    ///< what the rounding of F makes of a residual at that point
  bool at_own_expense = false;  ///< true: the method has no residual of its own there, and F was evaluated for the stop
};

/// What the checks of a run say together. It is part of the state of the run, and made of numbers that all ranks share,
/// so that a run ends alike on any number of ranks and after any interruption.
struct Trend {
  static constexpr double unknown = std::numeric_limits<double>::infinity();

  std::int64_t latest_at = 0;    ///< the iteration of the latest check
  double one_before = unknown;   ///< its residual
  double two_before = unknown;   ///< of the one before that
  double held = unknown;         ///< smallest residual that three checks in a row did not exceed: no lucky draw
  double fell_to = unknown;      ///< `held` when it had last fallen by a tenth
  std::int64_t fell_at = 0;      ///< the iteration of that
  std::int64_t not_fallen = 0;   ///< checks since
  std::int64_t at_rounding = 0;  ///< checks in a row at the level of rounding, the latest included
  std::int64_t left_at = -1;     ///< since this iteration, residuals are far above `held`; -1: they are not
  double left_peak = 0;          ///< the largest of them
  std::int64_t warned = 0;       ///< 1: the noise floor was told of

  /// The trend with one check more
  [[nodiscard]] Trend after(const Check& check) const;
  /// Lists all of this. What was saved before there was a trend begins with a new one.
  void list_state(StateList& state);
};

/// A residual within this many times the level of rounding cannot be told from 0.
inline constexpr double rounding_factor = 10;
/// Checks in a row at that level after which a run ends
inline constexpr std::int64_t rounding_checks = 3;
/// A run whose residual stays this many times above what it held has left for good.
inline constexpr double leaving_factor = 1e4;

/// True if the residual has stayed above leaving_factor times the residual held for half of the run, and for 1,000
/// iterations at least, and is not on its way back: it is above a tenth of its peak.
[[nodiscard]] bool has_left(const Trend& trend);

/// True if the residual held has not fallen by a tenth for half of the run, and for 20 checks at least, and is far
/// above the level of rounding, in a run whose method has no residual of its own. Never true of a trend that was warned.
[[nodiscard]] bool at_noise_floor(const Trend& trend, const Check& latest);

}  // namespace vireo::solving
