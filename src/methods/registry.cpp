#include "methods/builtin.hpp"

namespace vireo {

void register_methods(Registry& registry) {
  register_extragradient(registry);
  register_optimistic(registry);
  register_forb(registry);
  register_eag(registry);
  register_feg(registry);
  register_halpern(registry);
  register_agraal(registry);
  register_vr_extragradient(registry);
  register_vr_forb(registry);
  register_vr_halpern_monotone(registry);
  register_masha1(registry);
  register_masha2(registry);
  register_vr_masha1(registry);
  register_vr_masha2(registry);
  register_pp_masha1(registry);
  register_pp_masha2(registry);
  register_ceg(registry);
  register_ceg_ef(registry);
  register_qsgda(registry);
  register_diana_sgda(registry);
  register_optimistic_masha(registry);
  register_three_pillars(registry);
  register_svogs(registry);
  register_vr_halpern(registry);
  register_compressed_halpern(registry);
  register_cbo(registry);
  register_cbo_saddle(registry);
  register_cbo_vi(registry);
}

}  // namespace vireo
