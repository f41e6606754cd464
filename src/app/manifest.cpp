#include "app/manifest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "comm/mpi_header.hpp"
#include "vireo_revision.hpp"

namespace vireo::app {

namespace {

/// "Open MPI v4.1.4" of a text that goes on for a line or more
std::string mpi_version() {
  std::string text(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
  int length = 0;
  if (MPI_Get_library_version(text.data(), &length) != MPI_SUCCESS) return "unknown";
  return text.substr(0, text.find_first_of(",\n", 0) < static_cast<std::size_t>(length)
                            ? text.find_first_of(",\n", 0)
                            : static_cast<std::size_t>(length));
}

std::string compiler() {
#if defined(__clang__)
  return std::string("clang ") + __clang_version__;
#else
  return std::string("gcc ") + __VERSION__;
#endif
}

}  // namespace

std::vector<std::pair<std::string, std::string>> versions() {
  return {{"version", VIREO_VERSION},
          {"revision", VIREO_REVISION},
          {"compiler", compiler()},
          {"mpi", mpi_version()},
          {"hdf5", hdf5::library_version()}};
}

std::string program_name() { return fmt::format("vireo {} (revision {})", VIREO_VERSION, VIREO_REVISION); }

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

namespace {

/// A text that no other run has.
std::string run_name(const Communicator& comm, const std::vector<std::string>& arguments) {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const auto seed = fmt::format("{} {} {} {}", comm.host(), ::getpid(), now, fmt::join(arguments, " "));
  return fmt::format("{:016x}", XXH3_64bits(seed.data(), seed.size()));
}

}  // namespace

std::string batch_job() {
  for (const char* const variable : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID"})
    if (const char* const job = std::getenv(variable)) return job;
  return {};
}

hdf5::Attributes manifest(Communicator& comm, const Configuration& configuration, Index workers,
                          const std::vector<std::string>& arguments, const std::string& start) {
  hdf5::Attributes out;
  for (const auto& [name, value] : versions()) out.emplace_back(name, value);
  out.emplace_back("hosts", gather_all(comm, comm.host()));
  out.emplace_back("ranks", static_cast<std::int64_t>(comm.size()));
  out.emplace_back("ranks_are", std::string(configuration.simulated_ranks > 0 ? "simulated" : "MPI processes"));
  out.emplace_back("workers", static_cast<std::int64_t>(workers));
  out.emplace_back("seed", static_cast<std::int64_t>(configuration.seed));
  out.emplace_back("argv", arguments);
  out.emplace_back("start_time", start);
  out.emplace_back("run", run_name(comm, arguments));
  return out;
}

}  // namespace vireo::app
