#pragma once

#include <optional>
#include <string>

#include "storage/checkpoint_format.hpp"
#include "storage/checkpoint_seal.hpp"
#include "vireo/solve/supervisor.hpp"

namespace vireo::checkpoint {

/// A file that is whole.
struct Found {
  std::string path;
  std::string remark;  ///< if it is not the newest generation: why, in one line
};

/// Whether a generation of a checkpoint lies at the path, whole or damaged. Not collective.
[[nodiscard]] bool lies_at(const std::string& path);

/// Collective: the newest generation that is neither missing nor corrupt, the same on all ranks. Empty if there is
/// none. `remark` then says why. throws DataError where the newest file is something else than a checkpoint of this
/// version
[[nodiscard]] std::optional<Found> find(Communicator& comm, const std::string& path, std::string& remark);

/// The same where there must be one. throws DataError if no file is there, IoError if none is whole
[[nodiscard]] Found find(Communicator& comm, const std::string& path);

/// What a whole checkpoint holds besides the arrays of the state.
struct Contents {
  Header header;
  hdf5::Attributes run;             ///< scalars of the loop: iteration, rows, counters, ...
  std::vector<std::string> arrays;  ///< "method/z [200]"
};

/// Not collective. throws DataError that names the path and what is wrong with the file
[[nodiscard]] Contents read(const std::string& path);

/// Reads this rank's parts of the state. Not collective. throws DataError that names the path and the part: missing,
/// of another shape or type, not finite, or not known to the method
void load(const std::string& path, const Placement& placement, RunState& state);

}  // namespace vireo::checkpoint
