#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace vireo {
namespace {

/// A character of UTF-8, and the bytes that it takes; none: what is there is not UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;
};

Character character_at(std::string_view text, std::size_t at) {
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};  // by the number of bytes
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || at + bytes > text.size()) return {};
  std::uint32_t code = first & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0U) != 0x80U) return {};
    code = code << 6U | (next & 0x3fU);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < smallest[bytes] || code > 0x10ffff || surrogate ? Character{} : Character{code, bytes};
}

/// Whether a terminal does something else with it than show it.
bool controls(std::uint32_t code) {
  const auto within = [&](std::uint32_t first, std::uint32_t last) { return first <= code && code <= last; };
  return code < 0x20 || within(0x7f, 0x9f) || within(0x200e, 0x200f) || within(0x2028, 0x202e) ||
         within(0x2066, 0x2069);
}

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
    for (int back = 0; back < 3 && length > 0 && is_continuation(text[length]); ++back)
      --length;  // no half of a UTF-8 character
  }
  const std::string_view shown = std::string_view(text).substr(0, length);
  std::string out;
  for (std::size_t at = 0; at < shown.size();) {
    const auto character = character_at(shown, at);
    if (character.bytes > 0 && !controls(character.code)) {
      out += shown.substr(at, character.bytes);
      at += character.bytes;
      continue;
    }
    const auto end = at + std::max<std::size_t>(character.bytes, 1);
    for (; at < end; ++at) append_escaped(out, static_cast<unsigned char>(shown[at]));
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
