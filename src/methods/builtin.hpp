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
void register_optimistic(Registry& registry);
void register_forb(Registry& registry);
void register_eag(Registry& registry);
void register_feg(Registry& registry);
void register_halpern(Registry& registry);
void register_agraal(Registry& registry);
void register_vr_extragradient(Registry& registry);
void register_vr_forb(Registry& registry);
void register_vr_halpern_monotone(Registry& registry);
void register_ceg(Registry& registry);
void register_ceg_ef(Registry& registry);
void register_qsgda(Registry& registry);
void register_diana_sgda(Registry& registry);
void register_optimistic_masha(Registry& registry);
void register_three_pillars(Registry& registry);
void register_svogs(Registry& registry);
void register_vr_halpern(Registry& registry);
void register_compressed_halpern(Registry& registry);
void register_cbo(Registry& registry);
void register_cbo_saddle(Registry& registry);
void register_cbo_vi(Registry& registry);

/// MethodPlugIn::make of a method
template <class M>
MethodPointer construct(const Parameters& parameters, MethodContext context) {
  return std::make_unique<M>(parameters, std::move(context));
}

}  // namespace vireo
