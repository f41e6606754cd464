#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "io/text_file.hpp"
#include "io/text_gzip.hpp"

namespace vireo::io {

/// The text of a file from its beginning on; of a gzip file, what was compressed.
class TextStream {
 public:
  /// `file` must stay where it is. throws DataError
  TextStream(const std::string& path, const TextFile& file);

  [[nodiscard]] bool compressed() const { return inflated_.has_value(); }

  /// Fills `out`; less at the end of the text only. throws DataError
  [[nodiscard]] std::size_t read(std::span<char> out);

  /// Reads over so many bytes. throws DataError
  void skip(std::uint64_t bytes);

 private:
  const TextFile& file_;
  std::uint64_t offset_ = 0;
  std::optional<GzipText> inflated_;
};

/// The first bytes of a file's text, at most so many. throws DataError
[[nodiscard]] std::string beginning_of(const std::string& path, const TextFile& file, std::size_t bytes);

}  // namespace vireo::io
