#include "problems/builtin.hpp"

namespace vireo {

void register_problems(Registry& registry) {
  register_bilinear(registry);
  register_quadratic_game(registry);
  register_logistic(registry);
  register_robust_regression(registry);
  register_rotations(registry);
  register_least_squares(registry);
  register_matrix_game(registry);
  register_lagrangian_qp(registry);
  register_group_dro(registry);
  register_objectives(registry);
  register_canyon(registry);
  register_neural_fit(registry);
  register_saddle_functions(registry);
  register_nonmonotone(registry);
}

}  // namespace vireo
