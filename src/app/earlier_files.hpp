#pragma once

#include <optional>
#include <string>

#include "app/outputs.hpp"
#include "app/resume_point.hpp"

/// What an earlier run has left where this one shall write. Days of work may be in it.
namespace vireo::app {

/// What is done with it. It says nothing of what the run is, and no configuration holds it.
struct Existing {
  bool go_on = false;      ///< --resume auto
  bool overwrite = false;  ///< --overwrite
};

[[nodiscard]] Option resume_option();
[[nodiscard]] Option overwrite_option();

/// What was given. throws UsageError for a word that --resume does not know, and for auto without a checkpoint
[[nodiscard]] Existing existing_files(const GivenOptions& given, const Configuration& configuration);

/// Collective: what --resume auto goes on from, where there is a whole checkpoint; else empty, and `remark` says why.
/// throws DataError for the checkpoint of another run, unless it may be overwritten
[[nodiscard]] std::optional<ResumePoint> look_for_checkpoint(const Configuration& configuration, const Outputs& outputs,
                                                             const Registry& registry, const Existing& existing,
                                                             Communicator& comm, std::string& remark);

/// Collective: throws UsageError, which says what is there, for the checkpoint of an earlier run that this one would
/// replace: it goes on from `from`, or begins.
void keep_checkpoint(const Configuration& configuration, const Outputs& outputs, const Registry& registry,
                     const Existing& existing, const std::optional<ResumePoint>& from, Communicator& comm);

/// Collective: the same for the trace that a run which begins would replace. It may replace the unfinished one of the
/// same configuration with --resume auto; the number of workers is compared as soon as it is known.
void keep_trace(const Configuration& configuration, const Outputs& outputs, const Registry& registry,
                const Existing& existing, Communicator& comm);

/// Rank 0: how many rows of an existing trace stay, of a run that goes on; empty if the trace is a new one. throws
/// DataError if what is there does not fit the checkpoint, unless it may be overwritten
[[nodiscard]] std::optional<std::int64_t> rows_to_keep(const Configuration& configuration, const Outputs& outputs,
                                                       const Existing& existing,
                                                       const std::optional<ResumePoint>& from);

}  // namespace vireo::app
