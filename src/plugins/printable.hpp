#pragma once

#include <string>

namespace vireo {

/// The user's text as it may stand in an error message of one line: control characters as \xNN, cut to 80 bytes.
[[nodiscard]] std::string printable(const std::string& text);

}  // namespace vireo
