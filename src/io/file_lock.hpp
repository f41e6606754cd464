#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "io/file_descriptor.hpp"

namespace vireo::io {

/// The right to write a file, which one run has at a time, on all hosts that share the file system.
///
/// It is a lock of the operating system (fcntl(2), "open file description locks") on the whole of a file beside it,
/// FILE.lock, which says who has it. The lock ends with the process, however that ends, so that a FILE.lock that lies
/// there keeps nobody out. It is not on the file itself, because a new generation is another file under the same name.
/// Linux carries such locks to the server of NFS.
class FileLock {
 public:
  /// Of nothing
  FileLock() = default;
  /// Takes the lock of the file at `path`, and waits a second for it, in which a run that was killed may end. `what` is
  /// what the file is, and `start` when this run began, for people. throws IoError that names host, process and start
  /// of the run that has it, or says why nothing can be written there; UsageError if FILE.lock is something else
  FileLock(const std::string& path, const std::string& what, const std::string& start);
  FileLock(FileLock&&) = default;
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(file_, other.file_);
    std::swap(missing_, other.missing_);
    return *this;
  }
  /// Removes FILE.lock
  ~FileLock();

  /// Why the file system has no locks; empty if it has
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  enum class Attempt : std::uint8_t { taken, in_use, lost };
  Attempt attempt(const std::string& path, const std::string& what, bool patient);

  std::string name_;
  std::unique_ptr<FileDescriptor> file_;
  std::string missing_;
};

}  // namespace vireo::io
