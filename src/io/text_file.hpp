#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "vireo/core/layout.hpp"

namespace vireo::io {

/// What of a file counts
enum class Bytes : std::uint8_t {
  of_text,  ///< without a byte order mark of UTF-8 at its beginning: byte 0 is the one after it
  all
};

/// A regular file, open for reading at any place.
class TextFile {
 public:
  /// throws DataError: missing, unreadable, a directory or another thing that is not a file; text in UTF-16
  explicit TextFile(const std::string& path, Bytes counted = Bytes::of_text);
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  ~TextFile();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// Fills `out` from byte `offset` on; less at the end of the file only. throws DataError
  [[nodiscard]] std::size_t read(std::uint64_t offset, std::span<char> out) const;

  /// The bytes of all lines that start in `part`: the parts of a file in order give each of its lines once. throws
  /// DataError
  [[nodiscard]] Range lines_starting_in(Range part) const;

 private:
  [[nodiscard]] std::uint64_t line_start_from(std::uint64_t offset) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t mark_ = 0;   ///< bytes of the byte order mark
  std::uint64_t bytes_ = 0;  ///< without it
};

}  // namespace vireo::io
