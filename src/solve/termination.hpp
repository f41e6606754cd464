#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "solve/trend.hpp"
#include "vireo/solve/criteria.hpp"

namespace vireo::solving {

/// What the decision to stop rests on: a run after an iteration. Residuals are those that the run has paid for.
struct Status {
  std::int64_t iteration = 0;                                          ///< k
  double initial_residual = std::numeric_limits<double>::quiet_NaN();  ///< at z^0
  std::optional<double> residual = std::nullopt;  ///< at the point that would be returned; empty: not known now
  std::optional<double> gap = std::nullopt;       ///< at that point, if it was found in this iteration
  double latest = std::numeric_limits<double>::quiet_NaN();  ///< found last, at any point; NaN: none yet
  std::int64_t oracle_calls = 0;                             ///< over all workers
  std::int64_t wire_bytes = 0;                               ///< uplink and downlink together
  Trend trend{};                                             ///< of all residuals so far
  bool stop_requested = false;                               ///< by a signal, on any rank
  bool out_of_time = false;                                  ///< on rank 0
};

/// A residual this many times the first one is not coming back.
inline constexpr double divergence_factor = 1e10;

/// The residual that is small enough: max(tolerance, relative_tolerance * initial_residual). The relative part counts
/// for nothing where the initial residual is not finite: an infinite target would accept any point.
[[nodiscard]] double target(const Criteria& criteria, double initial_residual);

/// True if the state at such an end is not worth going on from.
[[nodiscard]] bool failed(Termination end);

/// True if the residual is one to stop at: finite, not negative, and <= enough.
[[nodiscard]] bool suffices(double residual, double enough);

/// True if the gap is one to stop at: gap_tolerance is above 0, and the gap finite and <= gap_tolerance. A gap below 0
/// is one of rounding.
[[nodiscard]] bool gap_suffices(const Criteria& criteria, double gap);

/// Why a run ends here; nothing: it goes on. A residual is ||z - prox_g(z - F(z))|| in the Euclidean norm, or what an
/// objective has instead. The first of these that holds is the reason:
///
/// - converged: `residual` is known, finite, not negative, and <= target. So a residual of 0 always suffices, and
///   neither NaN nor infinity ever does. Also: `gap` is known and suffices (gap_suffices).
/// - below_reference: `residual` or `latest` is negative, which only an objective below its reference has.
/// - not_finite: `latest` is infinite. NaN says that no residual is known yet: an operator that is not finite ends the
///   run by an exception, before anybody asks here.
/// - diverged: `latest` > divergence_factor times the initial residual, and times the target: a run that begins at or
///   near a solution may leave it. Never where the initial residual is NaN. Also where the residual has stayed above
///   leaving_factor times the least that it held for long (has_left), and is above leaving_factor times the target.
/// - stagnated: the last rounding_checks checks were within rounding_factor times the level of rounding, and the target
///   is above 0: with both tolerances 0 a run goes on to its limit.
/// - max_iterations, max_oracle_calls, max_wire_bytes: the limit is reached or exceeded.
/// - interrupted: stop_requested. max_seconds: out_of_time.
///
/// A run that reaches its tolerance as it reaches a limit has converged, and one that reaches a limit as it is
/// interrupted is not to be continued.
[[nodiscard]] std::optional<Termination> check(const Criteria& criteria, const Status& status);

}  // namespace vireo::solving
