#pragma once

#include <exception>

#include "app/configuration.hpp"

namespace vireo::app {

/// Where the exception that is being handled is one of memory: throws the error that names the option or the file
/// which asks for so much, and says how much (UsageError, DataError). Returns for all others.
void blame_for_size(const Configuration& configuration);

/// Runs an action whose needs follow from the configuration.
template <class Action>
void naming_sizes(const Configuration& configuration, Action&& action) {
  try {
    action();
  } catch (const std::exception&) {
    blame_for_size(configuration);
    throw;
  }
}

}  // namespace vireo::app
