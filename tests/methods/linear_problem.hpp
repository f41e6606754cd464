#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "support/assembly.hpp"
#include "vireo/core/random.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo::test {

/// F_i(z) = J (z - z*) + xi_i - xi_{i+1 mod n}, i < n = 4, with standard normal xi_i, and z* unless it is given: a
/// linear operator of two players, of which the program is told nothing: neither its matrix nor its constants.
class LinearProblem final : public ComponentProblem {
 public:
  using Matrix = std::vector<std::vector<double>>;

  LinearProblem(const ProblemContext& context, Matrix J, std::optional<Vector> solution)
      : ComponentProblem(context, J.size(), n), J_(std::move(J)), solution_(solution ? *solution : normal(n)) {
    for (Index i = 0; i < n; ++i) noise_.push_back(normal(i));
  }

  void component(Index i, ConstView z, View out) const override {
    for (Index r = 0; r < dimension(); ++r) {
      out[r] = noise_[i][r] - noise_[(i + 1) % n][r];
      for (Index c = 0; c < dimension(); ++c) out[r] += J_[r][c] * (z[c] - solution_[c]);
    }
  }
  [[nodiscard]] std::optional<Vector> solution() const override { return solution_; }
  [[nodiscard]] std::vector<Block> blocks() const override {
    return {{"x", {0, dimension() / 2}}, {"y", {dimension() / 2, dimension()}}};
  }

 private:
  static constexpr Index n = 4;

  [[nodiscard]] Vector normal(std::uint64_t number) const {
    Vector out(dimension());
    random::normals({.seed = 5, .purpose = random::Purpose::problem, .iteration = number}, 0, out);
    return out;
  }

  Matrix J_;
  Vector solution_;
  std::vector<Vector> noise_;
};

/// Makes J known to specs under a name; the first of a name stays.
inline void add_linear_problem(const std::string& name, const LinearProblem::Matrix& J,
                               const std::optional<Vector>& solution = std::nullopt) {
  for (const auto& known : registry().problems.entries())
    if (known.name == name) return;
  ProblemPlugIn plug;
  plug.name = name;
  plug.default_workers = 4;
  plug.make = [J, solution](const Parameters&, const ProblemContext& context) {
    return std::make_unique<LinearProblem>(context, J, solution);
  };
  registry().problems.add(std::move(plug));
}

/// F(x, y) = (A y, -A'x) with standard normal A of `size` rows and columns: min over x, max over y of x'A y.
inline void add_matrix_game(const std::string& name, Index size) {
  Vector A(size * size);
  random::normals({.seed = 6, .purpose = random::Purpose::problem}, 0, A);
  LinearProblem::Matrix J(2 * size, std::vector<double>(2 * size, 0.0));
  for (Index i = 0; i < size; ++i)
    for (Index j = 0; j < size; ++j) {
      J[i][size + j] = A[i * size + j];
      J[size + j][i] = -A[i * size + j];
    }
  add_linear_problem(name, J, Vector(2 * size, 0.0));
}

/// Block-diagonal, of 2x2 rotations by angles t_j scaled by r_j: eigenvalues r_j (cos t_j +- i sin t_j), L = max r_j,
/// and rho-comonotone with rho = min cos(t_j) / r_j.
inline LinearProblem::Matrix scaled_rotations(const std::vector<double>& angles, const std::vector<double>& radii) {
  LinearProblem::Matrix J(2 * angles.size(), std::vector<double>(2 * angles.size(), 0.0));
  for (Index j = 0; j < angles.size(); ++j) {
    J[2 * j][2 * j] = J[2 * j + 1][2 * j + 1] = radii[j] * std::cos(angles[j]);
    J[2 * j][2 * j + 1] = radii[j] * std::sin(angles[j]);
    J[2 * j + 1][2 * j] = -J[2 * j][2 * j + 1];
  }
  return J;
}

}  // namespace vireo::test
