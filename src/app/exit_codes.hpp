#pragma once

#include <exception>
#include <string>
#include <vector>

#include "vireo/core/error.hpp"

namespace vireo::app {

/// What the program returns, and why (the table of exit codes in docs/command-line.md).
enum class ExitCode : int {
  ok = 0,
  internal = 1,   ///< a defect of Vireo, or ranks that disagree
  usage = 2,      ///< options or configuration; nothing was computed
  data = 3,       ///< missing, malformed or incompatible data or file
  numerical = 4,  ///< diverged or not finite; `verify` disagrees
  limit = 5,      ///< a limit was reached before the tolerance
  io = 6,         ///< a file could not be written
  requeue = 75,   ///< stopped early with a good checkpoint
};

/// What it returns where an error ends it
[[nodiscard]] ExitCode exit_code_of(ErrorKind kind);
/// The same by the exception, which is not null
[[nodiscard]] ExitCode exit_code_of(const std::exception_ptr& failure);

/// What the program says with an exit code. Help and man page print these, and the tables in docs/ are checked against
/// them.
struct ExitCodeMeaning {
  ExitCode code;
  std::string meaning;
};
[[nodiscard]] const std::vector<ExitCodeMeaning>& exit_codes();

}  // namespace vireo::app
