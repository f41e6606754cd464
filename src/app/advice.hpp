#pragma once

#include <string>

#include "app/assemble.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::app {

/// True if the run failed: it diverged, met numbers that are not finite, or an objective below its reference.
[[nodiscard]] bool failed(const Outcome& outcome);

/// What to do about a run that failed or did not get on; empty: nothing.
[[nodiscard]] std::string advice(const Configuration& configuration, const Setup& setup, const Outcome& outcome);

/// The method as the user gave it, with other values of some parameters: what has its default is left out.
[[nodiscard]] std::string spec_with(const Chosen<MethodPlugIn>& method,
                                    const std::vector<std::pair<std::string, std::string>>& changed);

}  // namespace vireo::app
