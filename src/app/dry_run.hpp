#pragma once

#include <string>

#include "app/assemble.hpp"

namespace vireo::app {

/// What a run would need: memory per rank, and bytes per iteration as found by a few trial iterations whose steps are
/// too short to go anywhere. Collective; the text ends with a line of JSON. The constants are not computed.
[[nodiscard]] std::string dry_run(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                                  const Channel& channel);

}  // namespace vireo::app
