#pragma once

#include "app/configuration.hpp"
#include "app/options.hpp"

namespace vireo::app {

/// `--resume auto|never`, which says what is done with a checkpoint that is there, not what the run is.
[[nodiscard]] Option resume_option();

/// Whether it was given as auto. throws UsageError for another word, and for auto without a checkpoint
[[nodiscard]] bool resume_if_possible(const GivenOptions& given, const Configuration& configuration);

}  // namespace vireo::app
