#include "solve/termination.hpp"

#include <algorithm>
#include <cmath>

namespace vireo::solving {

double target(const Criteria& criteria, double initial_residual) {
  const double relative = criteria.relative_tolerance * initial_residual;
  return std::isfinite(relative) ? std::max(criteria.tolerance, relative) : criteria.tolerance;
}

bool failed(Termination end) {
  return end == Termination::diverged || end == Termination::not_finite || end == Termination::below_reference;
}

bool suffices(double residual, double enough) { return std::isfinite(residual) && residual >= 0 && residual <= enough; }

bool gap_suffices(const Criteria& criteria, double gap) {
  return criteria.gap_tolerance > 0 && std::isfinite(gap) && gap <= criteria.gap_tolerance;
}

std::optional<Termination> check(const Criteria& criteria, const Status& status) {
  const double enough = target(criteria, status.initial_residual);
  if (status.residual && suffices(*status.residual, enough)) return Termination::converged;
  if (status.gap && gap_suffices(criteria, *status.gap)) return Termination::converged;
  if ((status.residual && *status.residual < 0) || status.latest < 0) return Termination::below_reference;
  if (std::isinf(status.latest)) return Termination::not_finite;
  if (status.latest > divergence_factor * status.initial_residual && status.latest > divergence_factor * enough)
    return Termination::diverged;
  if (has_left(status.trend) && status.latest > leaving_factor * enough) return Termination::diverged;
  if (status.trend.at_rounding >= rounding_checks && enough > 0) return Termination::stagnated;
  if (status.iteration >= criteria.max_iterations) return Termination::max_iterations;
  if (status.oracle_calls >= criteria.max_oracle_calls) return Termination::max_oracle_calls;
  if (status.wire_bytes >= criteria.max_wire_bytes) return Termination::max_wire_bytes;
  if (status.stop_requested) return Termination::interrupted;
  if (status.out_of_time) return Termination::max_seconds;
  return std::nullopt;
}

}  // namespace vireo::solving
