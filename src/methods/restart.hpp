#pragma once

#include <cstdint>

namespace vireo::methods {

/// When a Halpern iteration starts anew from the point where it is (cuPDLPx, Lu, Peng, Yang, "cuPDLPx: a further
/// enhanced GPU-based first-order solver for linear programming", 2025): of the fixed-point errors e = ||z - T z|| now,
/// at the last restart and one iteration ago, and of the numbers of iterations since the last restart and in all,
///
///     sufficient   e <= 0.2 e_restart
///     necessary    e <= 0.5 e_restart  and  e > e_previous
///     artificial   since >= 0.36 total
///
/// any one is a reason. Never at since = 0.
[[nodiscard]] bool restart_is_due(double error, double error_at_restart, double previous_error, std::int64_t since,
                                  std::int64_t total);

}  // namespace vireo::methods
