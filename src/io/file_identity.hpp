#pragma once

#include <cstdint>
#include <string>

namespace vireo::io {

/// What tells a data file from all others: where it is, and what is in it.
struct FileIdentity {
  std::string path;        ///< absolute
  std::int64_t bytes = 0;  ///< its size
  std::string sha256;      ///< SHA-256 of its content as `sha256sum` prints it: 64 hexadecimal digits

  bool operator==(const FileIdentity&) const = default;
};

/// Reads the whole file, once. Not collective. throws DataError: missing, unreadable, not a regular file
[[nodiscard]] FileIdentity identify(const std::string& path);

/// How the file that is now at `known.path` differs from what was known of it, for people: "it has 12 bytes, and had
/// 17"; empty if it does not. A file of another size is not read. Not collective. throws DataError as identify
[[nodiscard]] std::string difference_from(const FileIdentity& known);

}  // namespace vireo::io
