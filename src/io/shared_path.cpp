#include "io/shared_path.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <set>

#include "io/file_descriptor.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

void check_shared(Communicator& comm, const std::string& path, const std::string& what) {
  // Only trying tells: permission bits say nothing to root, on read-only file systems or in /proc.
  std::string probe;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    // A name that no host has looked for before, so that none remembers it as missing.
    probe = fmt::format("{}.probe-{}-{}", path, comm.host(), ::getpid());
    const FileDescriptor tried(probe, O_RDWR | O_CREAT | O_EXCL, "write the " + what, path);
  });
  probe = broadcast(comm, probe, 0);
  const bool seen = ::access(probe.c_str(), R_OK | W_OK) == 0;
  const auto blind = gather_all(comm, seen ? std::string() : comm.host());
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    ::unlink(probe.c_str());
    std::set<std::string> hosts(blind.begin(), blind.end());
    hosts.erase("");
    if (!hosts.empty())
      throw IoError(fmt::format("{}: cannot write the {}: its directory is not on a file system that is shared with {}",
                                path, what, fmt::join(hosts, ", ")));
  });
}

}  // namespace vireo::io
