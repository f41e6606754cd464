#pragma once

#include <string>
#include <vector>

#include "app/configuration.hpp"
#include "io/hdf5.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::app {

/// What this program is and was made with: version, revision, compiler, mpi, hdf5.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> versions();

/// "vireo 0.1.0 (revision 1a2b3c)"
[[nodiscard]] std::string program_name();

/// Now, as ISO 8601 in UTC: "2026-01-31T12:00:00Z"
[[nodiscard]] std::string utc_now();

/// The batch system's name of the job that this is part of; empty: none
[[nodiscard]] std::string batch_job();

/// Where, when and with what a run was made, for its trace. Collective: gathers the names of the hosts.
[[nodiscard]] hdf5::Attributes manifest(Communicator& comm, const Configuration& configuration, Index workers,
                                        const std::vector<std::string>& arguments, const std::string& start);

}  // namespace vireo::app
