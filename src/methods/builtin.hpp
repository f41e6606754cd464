#pragma once

#include "vireo/plugins/registry.hpp"

namespace vireo {

// The methods that Vireo brings along; each is registered by the file that implements it.
void register_extragradient(Registry& registry);
void register_masha1(Registry& registry);

}  // namespace vireo
