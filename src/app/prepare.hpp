#pragma once

#include <optional>
#include <string>

#include "app/assemble.hpp"
#include "app/earlier_files.hpp"
#include "app/outputs.hpp"
#include "app/resume_point.hpp"
#include "io/file_identity.hpp"

namespace vireo::app {

/// What a run is put together for.
enum class Purpose : std::uint8_t {
  to_print,    ///< its configuration: no file besides the data is looked at
  to_look_at,  ///< what it would need: nothing is written
  to_run
};

/// A run that is put together: its files can be written, its problem is built, and its method takes it.
struct PreparedRun {
  Configuration configuration;  ///< with the number of workers
  LoadedProblem loaded;
  Channel channel;
  std::optional<ResumePoint> from;       ///< that the run goes on from
  std::optional<io::FileIdentity> data;  ///< rank 0: of the data file, for checkpoints
  std::string started;                   ///< when, for the manifest
};

/// Collective. from: a checkpoint to go on from; else `existing` may have one looked for where the run's own would be.
/// throws UsageError, DataError or IoError for what does not go together, can not be read or written, or would be lost
[[nodiscard]] PreparedRun prepare_run(Communicator& comm, const Configuration& configuration, const Outputs& outputs,
                                      const Registry& registry, Purpose purpose, std::optional<ResumePoint> from,
                                      const Existing& existing);

/// The constants of a run, found, or taken from the checkpoint that it goes on from. Collective.
[[nodiscard]] Setup set_up(PreparedRun& run);

}  // namespace vireo::app
