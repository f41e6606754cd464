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
void register_objectives(Registry& registry);
void register_canyon(Registry& registry);
void register_neural_fit(Registry& registry);
void register_saddle_functions(Registry& registry);
void register_nonmonotone(Registry& registry);

}  // namespace vireo
