#include <sys/stat.h>

#include "io/shared_path.hpp"
#include "storage/checkpoint_seal.hpp"
#include "storage/checkpoint_writer.hpp"
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
  collectively(comm, [&] {
    if (comm.rank() == 0) check_replaceable(path);
  });
  io::check_shared(comm, path, "checkpoint");
}

}  // namespace vireo::checkpoint
