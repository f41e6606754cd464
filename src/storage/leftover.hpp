#pragma once

#include <string>

namespace vireo {

/// Checks that a temporary file of Vireo's can be made at `path`: nothing is there, or what a run that was killed has
/// left. throws UsageError for anything else, which stays as it is. Not collective.
void check_leftover(const std::string& path);

}  // namespace vireo
