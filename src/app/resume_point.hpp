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

/// The configuration that a file holds; `place` is what messages call it. throws DataError: what is wrong with it is the
/// file's fault, not the user's
[[nodiscard]] Configuration stored_configuration(const std::string& text, const std::string& place,
                                                 const Registry& registry);

/// The method `here` as a run that an earlier version began has it: parameters that were not given, where the run has a
/// default of that version, are the run's; those that the version did not have yet are as they first were.
[[nodiscard]] Chosen<MethodPlugIn> with_former_defaults(const Chosen<MethodPlugIn>& here,
                                                        const Chosen<MethodPlugIn>& of_run);

/// How another configuration differs from this one in what the iterates depend on: "its seed is 2, here it is 1"; empty
/// if both are of the same run. A number of workers that is left to the problem is not compared, and defaults may have
/// been others when the other one was written.
[[nodiscard]] std::string difference(const Configuration& configuration, const Configuration& other);

/// throws DataError if a configuration is of another run than the checkpoint: names what differs
void check_same_run(const Configuration& configuration, const ResumePoint& from, const Registry& registry);

/// Rank 0: the data file of the configuration is the one that the checkpoint was made from, byte by byte. throws
/// DataError that names the file and what differs, as where it is missing
void check_same_data(const Configuration& configuration, const ResumePoint& from);

/// throws DataError if the problem is made from other data than the checkpoint's
void check_same_problem(const LoadedProblem& loaded, const ResumePoint& from);

}  // namespace vireo::app
