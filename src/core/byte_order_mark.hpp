#pragma once

#include <cstddef>
#include <string_view>

/// The marks that some programs write before text (Unicode 15, section 23.8).
namespace vireo {

/// Bytes of the mark of UTF-8 at the beginning of a text: 3, or 0 if there is none
[[nodiscard]] inline std::size_t byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  return text.starts_with(mark) ? mark.size() : 0;
}

/// Whether a text begins with a mark of UTF-16
[[nodiscard]] inline bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

}  // namespace vireo
