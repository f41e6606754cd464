#include <unistd.h>

#include "io/named_file.hpp"
#include "io/shared_path.hpp"
#include "storage/checkpoint_seal.hpp"
#include "storage/checkpoint_writer.hpp"
#include "storage/leftover.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::checkpoint {

namespace {

/// Rank 0: what is there already must not be lost.
void check_replaceable(const std::string& path) {
  io::check_regular(path, "write the checkpoint");
  if (glance(path).kind == Verdict::Kind::incompatible)
    throw UsageError(path +
                     ": is not a checkpoint of this version of Vireo, and is not overwritten; choose another "
                     "--checkpoint, or remove it");
}

}  // namespace

void check_path(Communicator& comm, const std::string& path) {
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    check_replaceable(path);
    check_replaceable(previous_of(path));
    check_leftover(unfinished_of(path));
  });
  io::check_shared(comm, path, "checkpoint");
}

void discard(const std::string& path) {
  ::unlink(path.c_str());
  ::unlink(previous_of(path).c_str());
}

}  // namespace vireo::checkpoint
