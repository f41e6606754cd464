#pragma once

#include <functional>

#include "vireo/app/registry.hpp"

namespace vireo {

/// The program `vireo`: reads the command line, runs the subcommand on all ranks, and returns the exit code
/// (see docs/command-line.md). `extend` adds plug-ins of your own to the registry before the command line is
/// read.
int run_program(int argc, char** argv, const std::function<void(Registry&)>& extend = {});

}  // namespace vireo
