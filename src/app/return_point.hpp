#pragma once

#include <string>

#include "app/configuration.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::app {

/// True if a run of the method, with its parameters, has the point that is to be returned, as far as the method says.
[[nodiscard]] bool has_return_point(const Configuration& configuration);

/// Throws UsageError, which says what the method returns, if the user asked for a point that a run of it does not have.
void check_return_point(const Configuration& configuration);

/// What a method returns: "the last point; the average of z^{k+1/2}; the best of the snapshots w^k".
[[nodiscard]] std::string returns_text(const MethodPlugIn& method, bool certifies = true);

/// Why another point was returned than the one that was asked for; empty: it was not.
[[nodiscard]] std::string other_point(const Configuration& configuration, const Outcome& outcome);

}  // namespace vireo::app
