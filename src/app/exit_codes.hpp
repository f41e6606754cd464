#pragma once

#include <string>
#include <vector>

#include "vireo/core/error.hpp"

namespace vireo::app {

/// What the program says with an exit code. Help and man page print these, and the tables in docs/ are checked against
/// them.
struct ExitCodeMeaning {
  ExitCode code;
  std::string meaning;
};
[[nodiscard]] const std::vector<ExitCodeMeaning>& exit_codes();

}  // namespace vireo::app
