#pragma once

#include <string>

#include "app/assemble.hpp"
#include "storage/checkpoint_reader.hpp"

/// What a checkpoint says of the run that it is of, against what is there now.
namespace vireo::app {

/// A whole checkpoint that a run goes on from.
struct ResumePoint {
  checkpoint::Found found;
  checkpoint::Contents contents;
};

/// Collective: the checkpoint `found`, read on all ranks.
[[nodiscard]] ResumePoint read_resume_point(Communicator& comm, checkpoint::Found found);

/// throws DataError if a configuration is of another run than the checkpoint: names what differs
void check_same_run(const Configuration& configuration, const ResumePoint& from, const Registry& registry);

/// Rank 0: the data file of the configuration is the one that the checkpoint was made from, byte by byte. throws
/// DataError that names the file and what differs, as where it is missing
void check_same_data(const Configuration& configuration, const ResumePoint& from);

/// throws DataError if the problem is made from other data than the checkpoint's
void check_same_problem(const LoadedProblem& loaded, const ResumePoint& from);

}  // namespace vireo::app
