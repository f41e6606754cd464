#pragma once

#include <string>
#include <string_view>

namespace vireo::io {

/// `text` in quotes for a message of one line: bytes outside printable ASCII as \xNN, cut after 40 bytes.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace vireo::io
