#include "methods/restart.hpp"

namespace vireo::methods {

bool restart_is_due(double error, double error_at_restart, double previous_error, std::int64_t since,
                    std::int64_t total) {
  if (since == 0) return false;
  const bool sufficient = error <= 0.2 * error_at_restart;
  const bool necessary = error <= 0.5 * error_at_restart && error > previous_error;
  const bool artificial = static_cast<double>(since) >= 0.36 * static_cast<double>(total);
  return sufficient || necessary || artificial;
}

}  // namespace vireo::methods
