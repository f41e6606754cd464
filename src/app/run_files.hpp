#pragma once

#include <optional>

#include "app/configuration.hpp"
#include "app/outputs.hpp"
#include "app/resume_point.hpp"
#include "io/file_identity.hpp"
#include "vireo/comm/communicator.hpp"

/// The files that a run reads and writes, looked at before anything is computed: nothing that is there is harmed.
namespace vireo::app {

/// Whether the files of a run can be written where they shall be, and what is not Vireo's stays as it is. Collective.
void check_files(const Configuration& configuration, const Outputs& outputs, Communicator& comm);

/// The data file, which checkpoints refer to: on rank 0, the only one to read all of it, and only where there will be
/// a checkpoint (`writes`) or was one. Collective. throws DataError if it is not the one that `from` was made from
[[nodiscard]] std::optional<io::FileIdentity> identify_data(const Configuration& configuration, bool writes,
                                                            Communicator& comm, const std::optional<ResumePoint>& from);

}  // namespace vireo::app
