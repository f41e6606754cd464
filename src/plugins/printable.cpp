#include "plugins/printable.hpp"

namespace vireo {

std::string printable(const std::string& text, std::size_t longest) {
  constexpr const char* digits = "0123456789abcdef";
  const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };

  std::size_t length = text.size();
  if (length > longest) {
    length = longest;
    for (int back = 0; back < 3 && is_continuation(text[length]); ++back) --length;  // no half of a UTF-8 character
  }
  std::string out;
  for (const char c : text.substr(0, length)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  return length < text.size() ? out + "..." : out;
}

}  // namespace vireo
