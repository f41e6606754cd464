#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "io/checkpoint_seal.hpp"
#include "io/checkpoint_writer.hpp"
#include "io/file_descriptor.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::checkpoint {

namespace {

/// Rank 0: what is there already must not be lost.
void check_replaceable(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  if (S_ISDIR(status.st_mode)) throw IoError(path + ": cannot write the checkpoint: it is a directory");
  if (!S_ISREG(status.st_mode)) throw IoError(path + ": cannot write the checkpoint: it is not a regular file");
  if (glance(path).kind == Verdict::Kind::incompatible)
    throw UsageError(path +
                     ": is not a checkpoint of this version of Vireo, and is not overwritten; choose another "
                     "--checkpoint, or remove it");
}

}  // namespace

void check_path(Communicator& comm, const std::string& path) {
  // Only trying tells: permission bits say nothing to root, on read-only file systems or in /proc.
  std::string probe;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    check_replaceable(path);
    probe = path + ".probe-" + std::to_string(::getpid());
    const FileDescriptor tried(probe, O_RDWR | O_CREAT | O_EXCL, "write the checkpoint");
  });
  probe = broadcast(comm, probe, 0);
  const bool seen = ::access(probe.c_str(), R_OK | W_OK) == 0;
  const auto all = gather_all(comm, seen ? std::string() : comm.host());
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    ::unlink(probe.c_str());
    const std::set<std::string> blind(all.begin(), all.end());
    std::string names;
    for (const auto& host : blind)
      if (!host.empty()) names += (names.empty() ? "" : ", ") + host;
    if (!names.empty())
      throw IoError(path + ": cannot write the checkpoint: its directory is not on a file system that is shared with " +
                    names);
  });
}

}  // namespace vireo::checkpoint
