#pragma once

#include <sys/stat.h>

#include <string>

namespace vireo::io {

/// A regular file, open for reading, of which nothing has been read yet. What is done with it is done to this file,
/// whatever its name leads to meanwhile.
class ForeignFile {
 public:
  /// throws DataError "<path>: <reason>"; does not wait for the writer of a pipe
  explicit ForeignFile(const std::string& path);
  ForeignFile(const ForeignFile&) = delete;
  ForeignFile& operator=(const ForeignFile&) = delete;
  ~ForeignFile();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// how the user calls it
  [[nodiscard]] const std::string& path() const { return path_; }
  /// a name under which this very file can be opened again, as long as this object lives
  [[nodiscard]] std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  /// as it is now. throws DataError
  [[nodiscard]] struct stat status() const;

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace vireo::io
