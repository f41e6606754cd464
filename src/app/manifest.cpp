#include "app/manifest.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

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
  return out;
}

}  // namespace vireo::app
