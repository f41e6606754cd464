#include "io/text_lines.hpp"

#include <algorithm>

namespace vireo::io {

std::string_view WholeLines::next() {
  // what is left of the last block is the beginning of a line
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(returned_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(used_), buffer_.begin());
  used_ -= returned_;
  returned_ = 0;

  std::size_t searched = 0;
  for (;;) {
    if (ended_) {
      returned_ = used_;
      return {buffer_.data(), used_};
    }
    if (buffer_.size() < used_ + block_bytes_) buffer_.resize(std::max(used_ + block_bytes_, 2 * used_));
    while (!ended_ && used_ < buffer_.size()) {
      const std::size_t got = read_({buffer_.data() + used_, buffer_.size() - used_});
      ended_ = got == 0;
      used_ += got;
    }
    const std::string_view fresh(buffer_.data() + searched, used_ - searched);
    if (const auto last = fresh.rfind('\n'); last != fresh.npos) {
      returned_ = searched + last + 1;
      return {buffer_.data(), returned_};
    }
    searched = used_;
  }
}

}  // namespace vireo::io
