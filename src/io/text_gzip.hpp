#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "io/text_file.hpp"

namespace vireo::io {

/// The text of a gzip file (RFC 1952; one member or several), streamed, without a byte order mark of UTF-8 at its
/// beginning. Each member's length and check sum are verified.
class GzipText {
 public:
  GzipText(const std::string& path, const TextFile& file);
  GzipText(const GzipText&) = delete;
  GzipText& operator=(const GzipText&) = delete;
  ~GzipText();

  /// true if a file with these first bytes is gzip
  [[nodiscard]] static bool recognise(std::span<const char> beginning);

  /// Fills `out`; less at the end of the text only.
  /// throws DataError: truncated, corrupt, or followed by bytes that are not gzip
  [[nodiscard]] std::size_t read(std::span<char> out);

  /// Reads on to the end, for the check sums alone. throws like read
  void verify_rest();

 private:
  struct Inflater;
  [[nodiscard]] std::size_t inflate_into(std::span<char> out);
  void refill();
  void next_member();

  std::string path_;
  const TextFile& file_;
  std::uint64_t offset_ = 0;  ///< bytes of the file that were read
  bool ended_ = false;
  bool begun_ = false;
  std::string first_;  ///< text that was looked at for the mark, and not read yet
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace vireo::io
