#pragma once

#include <string>
#include <vector>

#include "app/exit_codes.hpp"
#include "app/options.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/communicator.hpp"

/// The subcommands. Each is collective over the communicator, prints on rank 0 alone, and throws vireo::Error.
namespace vireo::app {

/// What every subcommand is called with.
struct Call {
  Communicator& world;
  const Registry& registry;
  std::vector<std::string> arguments;     ///< after the subcommand's name
  std::vector<std::string> command_line;  ///< all of argv, for the manifest
};

[[nodiscard]] ExitCode solve_command(const Call& call);
[[nodiscard]] ExitCode resume_command(const Call& call);
[[nodiscard]] ExitCode verify_command(const Call& call);
[[nodiscard]] ExitCode check_command(const Call& call);
[[nodiscard]] ExitCode info_command(const Call& call);
[[nodiscard]] ExitCode list_command(const Call& call);
[[nodiscard]] ExitCode version_command(const Call& call);
[[nodiscard]] ExitCode help_command(const Call& call);

/// The options of `solve`, which the man page lists too
[[nodiscard]] OptionTable solve_options();

}  // namespace vireo::app
