#pragma once

#include <memory>
#include <utility>

#include "vireo/plugins/registry.hpp"

namespace vireo {

// The methods that Vireo brings along; each is registered by the file that implements it.
void register_extragradient(Registry& registry);
void register_masha1(Registry& registry);
void register_masha2(Registry& registry);
void register_vr_masha1(Registry& registry);
void register_vr_masha2(Registry& registry);
void register_pp_masha1(Registry& registry);
void register_pp_masha2(Registry& registry);
