#pragma once

#include "vireo/plugins/registry.hpp"

namespace vireo {

// The problems that Vireo brings along; each is registered by the file that implements it.
void register_bilinear(Registry& registry);
void register_quadratic_game(Registry& registry);
void register_logistic(Registry& registry);
void register_robust_regression(Registry& registry);
void register_rotations(Registry& registry);
void register_least_squares(Registry& registry);
void register_matrix_game(Registry& registry);
void register_lagrangian_qp(Registry& registry);
void register_group_dro(Registry& registry);

}  // namespace vireo
