#pragma once

#include <string>

#include "app/configuration.hpp"
#include "io/file_lock.hpp"
#include "vireo/comm/communicator.hpp"

/// The files that a run writes are its own while it lasts.
namespace vireo::app {

/// A file that this run writes, or none.
struct Output {
  std::string path = {};   ///< where links lead; empty: there is none
  io::FileLock lock = {};  ///< rank 0: nobody else writes it meanwhile
};

/// The trace and the checkpoint of a run.
struct Outputs {
  Output trace;
  Output checkpoint;
  std::string remark;  ///< for people, on rank 0: which of them nothing protects from another run; empty: none
};

/// Whether this program will write the files, or looks only at what would be written.
enum class Holding : std::uint8_t { until_end, not_at_all };

/// Collective: the output that an option names, or none where it names none: links are followed, and the file is this
/// run's as long as the result lives. throws UsageError for a name that is a temporary file's, and IoError for a file
/// that another run writes, or that can not be written
[[nodiscard]] Output take_output(Communicator& comm, const OptionOrigins& origins, const std::string& option,
                                 const std::string& named, Holding holding);

/// Collective: both, the checkpoint as it was taken before (`held`), if it was. throws UsageError too where they, or
/// what the run reads, get into each other's way
[[nodiscard]] Outputs take_outputs(Communicator& comm, const Configuration& configuration, Holding holding,
                                   Output held = {});

}  // namespace vireo::app
