#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Foreign text as it may stand in a message of one line.
namespace vireo {

/// Control characters (those of ASCII, those of Unicode, and what turns the direction of writing) and bytes that are no
/// UTF-8 as \xNN, all else as it is; cut to `longest` bytes, never within a UTF-8 character. A terminal takes what comes
/// out for text.
[[nodiscard]] std::string printable(const std::string& text, std::size_t longest = 80);

/// In quotes, for text that may be anything: bytes outside printable ASCII as \xNN, cut after 40 bytes.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace vireo
