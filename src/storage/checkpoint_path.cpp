#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "io/named_file.hpp"
#include "io/own_file.hpp"
#include "io/shared_path.hpp"
#include "storage/checkpoint_seal.hpp"
#include "storage/checkpoint_writer.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::checkpoint {

namespace {

/// Rank 0: what is there already must not be lost.
void check_replaceable(const std::string& path) {
  io::check_ours(path);
  io::check_regular(path, "write the checkpoint");
  if (const auto there = glance(path); there.kind == Verdict::Kind::incompatible)
    throw UsageError(there.text + "; it is not overwritten: choose another --checkpoint, or remove it");
}

/// Modes of what this process has discarded
struct Discarded {
  std::mutex mutex;
  std::map<std::string, io::ReplacedMode> modes;
};

Discarded& discarded() {
  static Discarded all;
  return all;
}

}  // namespace

void check_path(Communicator& comm, const std::string& path) {
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    check_replaceable(path);
    std::error_code missing;
    if (std::filesystem::is_symlink(std::filesystem::symlink_status(previous_of(path), missing)))
      throw UsageError(previous_of(path) + ": is a link, not the previous generation of " + path +
                       ", and is not overwritten; choose another --checkpoint, or remove it");
    check_replaceable(previous_of(path));
    io::check_leftover(unfinished_of(path));
  });
  io::check_shared(comm, path, "checkpoint");
}

io::ReplacedMode replaced_mode(const std::string& path) {
  for (const auto& generation : {path, previous_of(path)})
    if (const auto there = io::mode_of(generation); there.known) return there;
  const std::lock_guard lock(discarded().mutex);
  const auto known = discarded().modes.find(path);
  return known == discarded().modes.end() ? io::ReplacedMode{} : known->second;
}

void discard(const std::string& path) {
  if (const auto mode = replaced_mode(path); mode.known) {
    const std::lock_guard lock(discarded().mutex);
    discarded().modes[path] = mode;
  }
  ::unlink(path.c_str());
  ::unlink(previous_of(path).c_str());
}

}  // namespace vireo::checkpoint
