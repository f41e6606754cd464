#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace vireo::io {

/// Cuts a stream of text into blocks of whole lines.
class WholeLines {
 public:
  /// Fills the span, at least in part; 0 at the end of the text.
  using Read = std::function<std::size_t(std::span<char>)>;

  /// block_bytes: size to aim at; a longer line makes a longer block
  WholeLines(Read read, std::size_t block_bytes) : read_(std::move(read)), block_bytes_(block_bytes) {}

  /// The next block, valid until the next call; only the last one of the text may lack its newline. Empty at the end.
  [[nodiscard]] std::string_view next();

 private:
  Read read_;
  std::size_t block_bytes_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;      ///< bytes of text in the buffer
  std::size_t returned_ = 0;  ///< of these, handed out already
  bool ended_ = false;
};

}  // namespace vireo::io
