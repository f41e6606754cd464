#pragma once

#include "io/own_file.hpp"
#include "storage/checkpoint_format.hpp"
#include "vireo/solve/supervisor.hpp"

namespace vireo::checkpoint {

/// Checks, before anything is computed, that all ranks can reach the file that a checkpoint at `path` is written to.
/// Collective. An existing checkpoint may be replaced; any other existing file may not, be it only where the previous
/// generation or the temporary file will be (UsageError). throws IoError
/// where the path can not be written, or names the hosts that do not share it
void check_path(Communicator& comm, const std::string& path);

/// Removes both generations of a run that is started over. Not collective.
void discard(const std::string& path);

/// The mode of the newest generation that is there, or that this process has discarded: what was not for others to read
/// is not either in the next one. Not collective.
[[nodiscard]] io::ReplacedMode replaced_mode(const std::string& path);

enum class Generations : std::uint8_t {
  keep_previous,  ///< what is at `path` is of this run: it becomes the previous generation
  begin           ///< what is there is of another run: it is replaced, and has no successor
};

/// Writes a checkpoint. Collective. The file appears at `path` only when it is complete and on the disk; whatever
/// happens before, the generation that was there is left as it is. Returns false on all ranks, and writes nothing, if a
/// vector of the state is not finite. throws IoError, or PeerFailure
[[nodiscard]] bool write(Communicator& comm, const std::string& path, const Header& header, const Placement& placement,
                         RunState& state, Generations generations);

}  // namespace vireo::checkpoint
