#pragma once

#include <string>

namespace vireo::test {

/// What a program run by a test did.
struct CommandResult {
  int exit_code = -1;  ///< 128 + n if ended by signal n, 124 or 137 if by the time limit
  std::string output;  ///< stdout
  std::string errors;  ///< stderr
  double seconds = 0;

  /// lines of stderr that start with "vireo: error:"
  [[nodiscard]] int error_lines() const;
};

/// Runs a shell command, ended after `limit_seconds`.
[[nodiscard]] CommandResult run_command(const std::string& command, int limit_seconds = 60);

/// Runs `program arguments` under mpirun, as ctest runs the tests.
[[nodiscard]] CommandResult run_mpi(int ranks, const std::string& program, int limit_seconds = 60);

}  // namespace vireo::test
