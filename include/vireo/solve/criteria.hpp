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
/// Reads "last", "average" or "best". Throws UsageError for anything else.
[[nodiscard]] ReturnPoint parse_return_point(const std::string& text);
/// The word for it: "last", "average" or "best"
[[nodiscard]] std::string to_string(ReturnPoint point);

/// When a run ends. Infinity and the largest integer stand for "no limit".
struct Criteria {
  double tolerance = 1e-6;         ///< absolute, on the natural residual
  double relative_tolerance = 0;   ///< relative to the residual at z^0; either suffices
  double gap_tolerance = 0;        ///< on Problem::gap, which suffices as well; 0: not asked for
  std::int64_t check_every = 100;  ///< iterations between checks that the run is charged for
  std::int64_t max_iterations = std::numeric_limits<std::int64_t>::max();  ///< the largest k
  /// Limit of the wall clock on rank 0 since solve was called, with the time of the monitor
  double max_seconds = std::numeric_limits<double>::infinity();
  /// Limit of evaluations of single components over all workers. The iteration that exceeds it is finished.
  std::int64_t max_oracle_calls = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_wire_bytes = std::numeric_limits<std::int64_t>::max();  ///< up and down together
  ReturnPoint return_point = ReturnPoint::last;                            ///< the point to be returned
};

/// Why a run ended.
enum class Termination : std::uint8_t {
  converged,         ///< the recomputed residual, or the gap, is within the tolerance
  max_iterations,    ///< a limit of Criteria was reached, as with the next three
  max_seconds,       ///< the state was saved if there is a checkpoint
  max_oracle_calls,  ///< evaluations of the method alone
  max_wire_bytes,    ///< bytes up and down together
  diverged,          ///< the residual grew beyond all bounds, or stayed far above what it was
  not_finite,        ///< a number became NaN or infinite
  interrupted,       ///< a signal asked for it
  stagnated,         ///< the residual is as small as rounding lets it be, and above the tolerance
  below_reference    ///< an objective has a value below its reference, so that no residual means anything
};
/// The word for it: "converged", "max-iterations", ...
[[nodiscard]] std::string to_string(Termination termination);

}  // namespace vireo
