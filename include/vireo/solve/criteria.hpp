#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace vireo {

/// Which point a run returns.
enum class ReturnPoint : std::uint8_t {
  last,     ///< z^K
  average,  ///< (1/K) sum_k z^{k+1/2}
  best      ///< of the points whose F the method computed, the one of smallest residual
};
/// last, average or best; throws UsageError for anything else
[[nodiscard]] ReturnPoint parse_return_point(const std::string& text);
/// "last", ...
[[nodiscard]] std::string to_string(ReturnPoint point);

/// When a run ends. Infinity and the largest integer mean "no limit".
struct Criteria {
  double tolerance = 1e-6;         ///< absolute, on the natural residual
  double relative_tolerance = 0;   ///< relative to the residual at z^0; either suffices
  std::int64_t check_every = 100;  ///< iterations between checks that the run pays for itself
  std::int64_t max_iterations = std::numeric_limits<std::int64_t>::max();  ///< k at most
  /// of rank 0's wall clock, the monitor's share left out
  double max_seconds = std::numeric_limits<double>::infinity();
  /// evaluations of single components over all workers; the iteration that exceeds it is finished
  std::int64_t max_oracle_calls = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_wire_bytes = std::numeric_limits<std::int64_t>::max();  ///< up and down together
  ReturnPoint return_point = ReturnPoint::last;                            ///< which point the tolerance is for
};

/// Why a run ended.
enum class Termination : std::uint8_t {
  converged,         ///< the recomputed residual is within the tolerance
  max_iterations,    ///< a limit of Criteria, like the next three
  max_seconds,       ///< saved, if there is a checkpoint
  max_oracle_calls,  ///< of the method alone
  max_wire_bytes,    ///< up and down together
  diverged,          ///< a residual that grew beyond all bounds
  not_finite,        ///< NaN or infinity
  interrupted        ///< a signal
};
/// "converged", "max-iterations", ...
[[nodiscard]] std::string to_string(Termination termination);

}  // namespace vireo
