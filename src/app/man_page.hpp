#pragma once

#include <string>

#include "app/options.hpp"
#include "vireo/app/registry.hpp"

namespace vireo::app {

/// The man page vireo(1) in the language of roff: options from the table of `solve`, and everything that is registered,
/// plug-ins of a user's own program too. `cmake --install` puts it where man looks.
[[nodiscard]] std::string man_page(const Registry& registry, const OptionTable& solve);

}  // namespace vireo::app
