#pragma once

#include <optional>
#include <string>
#include <utility>

namespace vireo::io {

/// Owns an open file of the operating system, for what HDF5 does not do: raw bytes, room on the disk, safety on it.
class FileDescriptor {
 public:
  /// flags as of open(2). throws IoError "<path>: cannot <action>: <reason>"
  FileDescriptor(const std::string& path, int flags, const std::string& action)
      : FileDescriptor(path, flags, action, path) {}
  /// The same, of a file that messages call `named`.
  FileDescriptor(const std::string& path, int flags, const std::string& action, std::string named);
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  [[nodiscard]] int get() const { return descriptor_; }

  /// The number of bytes read; fewer than `bytes` at the end of the file only.
  std::size_t read_at(void* to, std::size_t bytes, std::size_t offset) const;
  void write_at(const void* from, std::size_t bytes, std::size_t offset) const;
  [[nodiscard]] std::size_t size() const;
  void resize(std::size_t bytes) const;
  /// Gives the file its blocks on the disk up to its present size, so that no later write finds the disk full.
  void reserve() const;
  /// Begins to write it to the disk, without waiting.
  void begin_sync() const;
  /// All that any process of this host has written to the file is on the disk afterwards.
  void sync() const;

 private:
  [[noreturn]] void fail(const std::string& action, int error) const;

  std::string named_;
  int descriptor_ = -1;
};

/// The limit that this process has for the size of files, in bytes; empty: none
[[nodiscard]] std::optional<std::size_t> size_limit();

/// throws IoError if a file of so many bytes would exceed that limit. To be asked before HDF5 is: it does not
/// survive it when it cannot write what a file that is closed still lacks.
void check_size_limit(const std::string& path, std::size_t bytes);

/// The names in the directory that holds `path` are on the disk afterwards.
void sync_directory_of(const std::string& path);

}  // namespace vireo::io
