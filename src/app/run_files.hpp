#pragma once

#include <optional>
#include <string>

#include "app/configuration.hpp"
#include "app/resume_point.hpp"
#include "io/file_identity.hpp"
#include "vireo/comm/communicator.hpp"

/// The files that a run reads and writes, looked at before anything is computed: nothing that is there is harmed.
namespace vireo::app {

/// Whether the files of a run can be written where they shall be, without harm. Collective.
void check_files(const Configuration& configuration, Communicator& comm);

/// The checkpoint that `--resume auto` finds, or empty; `remark` then says why, if there was one. Collective.
[[nodiscard]] std::optional<ResumePoint> look_for_checkpoint(const Configuration& configuration, Communicator& comm,
                                                             std::string& remark);

/// The data file, which checkpoints refer to: on rank 0, the only one to read all of it, and only where there will be
/// a checkpoint (`writes`) or was one. Collective. throws DataError if it is not the one that `from` was made from
[[nodiscard]] std::optional<io::FileIdentity> identify_data(const Configuration& configuration, bool writes,
                                                            Communicator& comm, const std::optional<ResumePoint>& from);

/// Rank 0: how many rows of an existing trace stay; empty if the trace is a new one. throws DataError if what is there
/// does not fit the checkpoint
[[nodiscard]] std::optional<std::int64_t> rows_to_keep(const Configuration& configuration,
                                                       const std::optional<ResumePoint>& from);

}  // namespace vireo::app
