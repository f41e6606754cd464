#pragma once

#include "app/commands.hpp"
#include "app/run.hpp"

namespace vireo::app {

/// What `solve` and `resume` do: a run, what is to be said of it and its progress on standard output of rank 0 (quiet:
/// only the last line, which is JSON), and its exit code. Signals stop it in good order.
[[nodiscard]] ExitCode run_and_print(const Call& call, const Configuration& configuration, Conduct conduct, bool quiet,
                                     std::optional<Continuation> continuation = std::nullopt);

}  // namespace vireo::app
