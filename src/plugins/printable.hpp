#pragma once

#include <cstddef>
#include <string>

namespace vireo {

/// The user's text as it may stand in an error message of one line: control characters as \xNN, cut to `longest` bytes.
[[nodiscard]] std::string printable(const std::string& text, std::size_t longest = 80);

}  // namespace vireo
