#pragma once

#include <string>
#include <vector>

#include "app/commands.hpp"

namespace vireo::app {

/// One subcommand. Dispatch, help, man page and completion are made of these, and docs/command-line.md is checked
/// against them: a new subcommand is a row in subcommands.cpp and its function.
struct Subcommand {
  std::string name;
  std::string synopsis;   ///< what follows the name; words in capitals stand for what the user puts there
  std::string summary;    ///< a line of `vireo --help`
  std::string in_manual;  ///< what the man page says of it; empty: no more than the synopsis
  ExitCode (*run)(const Call&);
  std::string alias = {};  ///< another name; empty: none
};

[[nodiscard]] const std::vector<Subcommand>& subcommands();

/// by name or alias; null: there is none
[[nodiscard]] const Subcommand* find_subcommand(const std::string& name);

/// "vireo verify TRACE.h5 [--quiet]"
[[nodiscard]] std::string usage(const std::string& subcommand);

}  // namespace vireo::app
