#include "core/printable.hpp"

namespace vireo {
namespace {

void append_escaped(std::string& out, unsigned char byte) {
  constexpr const char* digits = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

}  // namespace

std::string printable(const std::string& text, std::size_t longest) {
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
      append_escaped(out, byte);
    } else {
      out += c;
    }
  }
  return length < text.size() ? out + "..." : out;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string out = "'";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      append_escaped(out, byte);
    }
  }
  return out + (text.size() > longest ? "...'" : "'");
}

}  // namespace vireo
