#pragma once

#include <string>

#include "app/assemble.hpp"
#include "app/exit_codes.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::app {

/// What the program returns for an outcome: 0 if and only if the recomputed residual meets the tolerance; 75 if a
/// signal or the end of its time stopped the run, and it can go on from a checkpoint.
[[nodiscard]] ExitCode exit_code(const Outcome& outcome);

/// The reason in words for scripts: that of the outcome, but "not-converged" where the recomputed residual contradicts
/// it.
[[nodiscard]] std::string termination_text(const Outcome& outcome);

/// How the run ended, what it has cost, what it left behind (checkpoints: what to say of them), and, if it failed, what
/// to do.
[[nodiscard]] std::string closing_table(const Configuration& configuration, const LoadedProblem& loaded,
                                        const Setup& setup, const Outcome& outcome,
                                        const std::string& checkpoints = "");

/// The last line of `solve`: one JSON object (keys of docs/command-line.md). Numbers that are not finite are null; the
/// gap and the distance are missing where they are not known.
[[nodiscard]] std::string json_line(const Configuration& configuration, const Outcome& outcome);

/// What all such lines have.
[[nodiscard]] std::string json_line(const std::string& termination, std::int64_t iterations, double residual,
                                    const Totals& totals, const std::string& trace);

}  // namespace vireo::app
