#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

/// Small affine problems, sought out to be hard, and the exact second moments of methods on them.
namespace vireo::test {

using Matrix = Eigen::MatrixXd;
using Column = Eigen::VectorXd;

/// F_m(z) = J_m z, of M workers in R^2, with a mean J that is mu-strongly monotone
struct SmallProblem {
  std::vector<Matrix> J_m;
  double mu = 0;

  [[nodiscard]] Matrix J() const {
    Matrix sum = Matrix::Zero(2, 2);
    for (const auto& J : J_m) sum += J;
    return sum / static_cast<double>(J_m.size());
  }
  [[nodiscard]] double L() const { return J().operatorNorm(); }
  /// of the J_m, less `of` each
  [[nodiscard]] double mean_square(const Matrix& of = Matrix::Zero(2, 2)) const {
    Matrix gram = Matrix::Zero(2, 2);
    for (const auto& J : J_m) gram += (J - of).transpose() * (J - of) / static_cast<double>(J_m.size());
    return std::sqrt(gram.selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff());
  }
};

class Adversary {
 public:
  explicit Adversary(std::uint64_t seed) : generator_(seed) {}

  double uniform(double low, double high) { return std::uniform_real_distribution(low, high)(generator_); }
  double normal() { return std::normal_distribution()(generator_); }
  std::size_t one_of(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(generator_); }
  Matrix normals(Eigen::Index rows, Eigen::Index columns) {
    return Matrix::NullaryExpr(rows, columns, [&] { return normal(); });
  }

  SmallProblem problem(std::size_t workers, double mu) {
    Matrix base = normals(2, 2);
    if (uniform(0, 1) < 0.6) base = (base - base.transpose()).eval();
    const double spread = std::pow(10, uniform(-2, 1));
    SmallProblem out{.J_m = {}, .mu = mu};
    for (std::size_t m = 0; m < workers; ++m) out.J_m.push_back(spread * normals(2, 2));
    const Matrix mean = out.J();
    for (auto& J : out.J_m) J += base - mean;
    return strongly_monotone(out);
  }
  /// another one near by, with the same mu
  SmallProblem near(SmallProblem one) {
    double size = 0;
    for (const auto& J : one.J_m) size = std::max(size, J.cwiseAbs().maxCoeff());
    const double by = size * std::pow(10, uniform(-2, -0.3));
    for (auto& J : one.J_m) J += by * normals(2, 2);
    return strongly_monotone(one);
  }

 private:
  static SmallProblem strongly_monotone(SmallProblem one) {
    const Matrix J = one.J();
    const double least = (0.5 * (J + J.transpose())).eval().selfadjointView<Eigen::Lower>().eigenvalues().minCoeff();
    for (auto& J_m : one.J_m) J_m += (one.mu - least) * Matrix::Identity(2, 2);
    return one;
  }
  std::mt19937_64 generator_;
};

/// One of the ways in which an iteration goes that is linear in the state
struct Branch {
  Matrix A;
  double probability;
};

/// The spectral radius of X -> sum_i p_i A_i X A_i' on symmetric X: how E||state||^2 grows in an iteration, in the long
/// run
inline double growth(const std::vector<Branch>& outcomes) {
  const auto n = outcomes.front().A.rows();
  const auto size = n * (n + 1) / 2;
  Matrix map = Matrix::Zero(size, size);
  Eigen::Index column = 0;
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j <= i; ++j, ++column) {
      Matrix image = Matrix::Zero(n, n);
      for (const auto& [A, probability] : outcomes) {
        const Matrix outer = probability * A.col(i) * A.col(j).transpose();
        image += i == j ? outer : Matrix(outer + outer.transpose());
      }
      Eigen::Index row = 0;
      for (Eigen::Index k = 0; k < n; ++k)
        for (Eigen::Index l = 0; l <= k; ++l) map(row++, column) = image(k, l);
    }
  return Eigen::EigenSolver<Matrix>(map, false).eigenvalues().cwiseAbs().maxCoeff();
}

/// The block of a state of vectors of R^2 as a matrix: state -> its i-th vector
inline Matrix block(Eigen::Index i, Eigen::Index blocks) {
  Matrix out = Matrix::Zero(2, 2 * blocks);
  out.block(0, 2 * i, 2, 2) = Matrix::Identity(2, 2);
  return out;
}
inline Matrix stacked(const std::vector<Matrix>& parts) {
  Matrix out(2 * static_cast<Eigen::Index>(parts.size()), parts.front().cols());
  for (std::size_t i = 0; i < parts.size(); ++i) out.middleRows(2 * static_cast<Eigen::Index>(i), 2) = parts[i];
  return out;
}

/// Projections on one coordinate of two: E||P x - x||^2 = ||x||^2 / 2 (delta = 2), and, twice of it, Rand-1 (q = 2)
inline std::vector<Matrix> on_one_coordinate(double times = 1) {
  std::vector<Matrix> maps(2, Matrix::Zero(2, 2));
  maps[0](0, 0) = maps[1](1, 1) = times;
  return maps;
}
inline std::vector<Matrix> identity_map() { return {Matrix::Identity(2, 2)}; }

/// Every way in which `workers` choose one of the maps each
inline void for_each_choice(const std::vector<Matrix>& maps, std::size_t workers,
                            const std::function<void(const std::vector<const Matrix*>&, double)>& use) {
  std::vector<std::size_t> chosen(workers, 0);
  double probability = 1;
  for (std::size_t m = 0; m < workers; ++m) probability /= static_cast<double>(maps.size());
  for (;;) {
    std::vector<const Matrix*> now;
    for (const auto i : chosen) now.push_back(&maps[i]);
    use(now, probability);
    std::size_t m = 0;
    while (m < workers && ++chosen[m] == maps.size()) chosen[m++] = 0;
    if (m == workers) return;
  }
}

}  // namespace vireo::test
