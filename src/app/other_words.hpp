#pragma once

#include <string>

namespace vireo::app {

/// What to give instead of an option that Vireo does not have, but that others have: a sentence. Empty: it is no word of
/// the field. Upper and lower case are equal, and `_` and `-` are nothing.
[[nodiscard]] std::string instead_of(const std::string& option);

}  // namespace vireo::app
