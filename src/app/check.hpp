#pragma once

#include "app/configuration.hpp"
#include "app/options.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo::app {

/// The options of a run that say which problem it is
[[nodiscard]] const OptionTable& check_options();

/// What these options say. throws UsageError as make_configuration does
[[nodiscard]] Configuration configuration_to_check(GivenOptions given, const Registry& registry);

/// Builds the problem and tries out its operator. Collective. throws UsageError if it has none
[[nodiscard]] OperatorReport check(Communicator& comm, const Configuration& configuration);

}  // namespace vireo::app
