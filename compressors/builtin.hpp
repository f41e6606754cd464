#pragma once

#include "vireo/plugins/registry.hpp"

namespace vireo {

// The compressors that Vireo brings along; each is registered by the file that implements it.
void register_none(Registry& registry);
void register_randk(Registry& registry);  // and randk-shared
void register_permk(Registry& registry);
void register_topk(Registry& registry);
void register_dithering(Registry& registry);
void register_rounding(Registry& registry);  // and natural
void register_sign(Registry& registry);
void register_induced(Registry& registry);

}  // namespace vireo
