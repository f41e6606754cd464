#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/foreign_file.hpp"
#include "vireo/comm/communicator.hpp"

/// HDF5 files that may come from a stranger. One wrong bit in them makes the library crash, or take all memory. So the
/// file is read once in a process of its own, which is this program again (or the installed one) under a hidden command,
/// with limits on time and memory and without the right to write; and only what was read there to the end is opened
/// here. What it looks at is in io/hdf5_walk.hpp.
namespace vireo::io {

/// Reads the file in a process of its own: all that is in it, as one of Vireo's files; or, where `datasets` names some,
/// these alone. A file that has passed, and has not changed since, is not read again. Not collective. throws DataError
/// that says what is wrong with the file, IoError where no such process can be started
void examine(const ForeignFile& file, const std::vector<std::string>& datasets);

/// Collective, for a file that all ranks will open: rank 0 examines it, and the others take its word for the file of the
/// same device (on one host), inode and size. throws as `examine`, and PeerFailure
void examine_together(Communicator& comm, const std::string& path, const std::vector<std::string>& datasets);

/// As long as one lives, this process takes files as they are.
class Trusting {
 public:
  explicit Trusting(bool trusting);
  Trusting(const Trusting&) = delete;
  Trusting& operator=(const Trusting&) = delete;
  ~Trusting();

 private:
  bool trusting_;
};

/// From now on, this program starts itself for examinations: it calls `serve_examination` before anything else.
void offer_this_program();

/// First thing in a program that can be the process which examines: its exit code where the command line asks for that.
/// Otherwise it offers the program.
[[nodiscard]] std::optional<int> serve_examination(int argc, char** argv);

}  // namespace vireo::io
