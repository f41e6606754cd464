#pragma once

#include <optional>

#include "app/checkpointing.hpp"
#include "app/commands.hpp"
#include "app/configuration.hpp"
#include "storage/checkpoint_reader.hpp"

namespace vireo::app {

/// What to do with a configuration, besides what it says of the run itself.
struct Actions {
  bool print_config = false;
  bool dry_run = false;
  bool quiet = false;
  bool resume_if_possible = false;  ///< --resume auto
  Clock::time_point started = Clock::now();

  /// nothing is run, and nothing written
  [[nodiscard]] bool only_looks() const { return print_config || dry_run; }
};

/// A whole checkpoint that a run goes on from.
struct ResumePoint {
  checkpoint::Found found;
  checkpoint::Contents contents;
};

/// The whole of `solve`, and of `resume` where there is a checkpoint to go on from: on MPI's ranks or on simulated
/// ones, as the configuration says. Collective; prints on rank 0.
[[nodiscard]] ExitCode run(const Call& call, const Configuration& configuration, const Actions& actions,
                           const std::optional<ResumePoint>& from = std::nullopt);

}  // namespace vireo::app
