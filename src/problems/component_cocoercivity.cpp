#include "problems/component_cocoercivity.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "linalg/spectrum.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors of the eigenvalue iterations; others are in determine_constants.cpp
enum Stream : std::uint64_t { stream_ends = 21, stream_pencil = 22 };

/// S v and G v of affine shards
class Pencil {
 public:
  Pencil(const Problem& problem, Exchange& exchange)
      : problem_(problem), exchange_(exchange), forth_(problem.dimension()), back_(problem.dimension()) {}

  [[nodiscard]] Index dimension() const { return problem_.dimension(); }
  void J(ConstView v, View out) const {
    exchange_.mean([&](Index m, View x) { shard(m).apply(v, x); }, out);
  }
  void S(ConstView v, View out) {
    J(v, forth_);
    exchange_.mean([&](Index m, View x) { shard(m).apply_transpose(v, x); }, back_);
    kernels::combine(0.5, forth_, 0.5, back_, out);
  }
  void G(ConstView v, View out) const {
    exchange_.mean([&](Index m, View x) { shard(m).apply_mean_gram(v, x); }, out);
  }

 private:
  [[nodiscard]] const AffineShard& shard(Index m) const { return dynamic_cast<const AffineShard&>(problem_.shard(m)); }

  const Problem& problem_;
  Exchange& exchange_;
  Vector forth_, back_;
};

using Matrix = Eigen::MatrixXd;

/// A, column by column
Matrix formed(Index d, const linalg::SymmetricOperator& A) {
  const auto size = static_cast<Eigen::Index>(d);
  Matrix out(size, size);
  Vector unit(d, 0.0);
  for (Index j = 0; j < d; ++j) {
    unit[j] = 1;
    A(unit, View(out.data() + j * d, d));
    unit[j] = 0;
  }
  return out;
}

Matrix symmetric_part(const Matrix& A) { return (A + A.transpose()) / 2; }

std::optional<double> dense_maximum(const Pencil& pencil) {
  const Index d = pencil.dimension();
  const Matrix S = symmetric_part(formed(d, [&](ConstView v, View out) { pencil.J(v, out); }));
  const Matrix G = symmetric_part(formed(d, [&](ConstView v, View out) { pencil.G(v, out); }));
  if (!S.allFinite() || !G.allFinite()) return std::nullopt;

  const Eigen::SelfAdjointEigenSolver<Matrix> of_S(S);
  const auto& eigenvalues = of_S.eigenvalues();
  const double unit = 16 * static_cast<double>(d) * 0x1p-52;
  const double error = unit * eigenvalues.tail(1)(0);
  constexpr double clear = 1e5;
  const Eigen::Index null = (eigenvalues.array() <= error).count();
  if (of_S.info() != Eigen::Success || eigenvalues(0) < -error || null == eigenvalues.size()) return std::nullopt;
  const double least = eigenvalues(null);
  if (least < clear * error) return std::nullopt;

  const Eigen::Index rank = eigenvalues.size() - null;
  const Matrix GU = G * of_S.eigenvectors();
  const double off = error / least;
  for (Eigen::Index j = 0; j < null; ++j)
    if (of_S.eigenvectors().col(j).dot(GU.col(j)) > G.norm() * (unit + off * off)) return std::nullopt;
  const Eigen::VectorXd roots = eigenvalues.tail(rank).cwiseSqrt().cwiseInverse();
  const Matrix reduced =
      roots.asDiagonal() * (of_S.eigenvectors().rightCols(rank).transpose() * GU.rightCols(rank)) * roots.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> of_pencil(symmetric_part(reduced), Eigen::EigenvaluesOnly);
  if (of_pencil.info() != Eigen::Success) return std::nullopt;
  return of_pencil.eigenvalues().tail(1)(0) * (1 + off);
}

/// Bounds of the root of g(t) = lambda_min(tS - G), for ends.smallest > 0
class RootOfConcave {
 public:
  RootOfConcave(Pencil& pencil, const linalg::SpectralRange& ends, double largest_G)
      : pencil_(pencil), ends_(ends), of_S_(pencil.dimension()), of_G_(pencil.dimension()), largest_G_(largest_G) {}

  /// By the rule of false position in the form of Illinois (Dowell, Jarratt, "A modified regula falsi method", 1971)
  std::optional<double> find() {
    constexpr int most = 40;
    double left = largest_G_ / ends_.largest;
    double right = largest_G_ / ends_.smallest;
    double g_left = g(left);
    if (good(left, g_left)) return bound(left, g_left);
    double g_right = g(right);
    if (good(right, g_right)) return bound(right, g_right);
    if (!(g_left < 0 && g_right > 0)) return std::nullopt;
    int side = 0;
    for (int k = 0; k < most; ++k) {
      const double t = left + (right - left) * (-g_left / (g_right - g_left));
      const double g_t = g(t);
      if (good(t, g_t)) return bound(t, g_t);
      if (right - left <= narrow * right) return right;  // g(right) >= 0: it is a bound
      if (g_t >= 0) {
        right = t;
        g_right = g_t;
        if (side > 0) g_left /= 2;
        side = +1;
      } else {
        left = t;
        g_left = g_t;
        if (side < 0) g_right /= 2;
        side = -1;
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr double narrow = 1e-5;

  /// at most the smallest eigenvalue of tS - G, and less by no more than 1e-6 t lambda_min(S) if Lanczos converges
  double g(double t) {
    const auto shifted = [&](ConstView v, View out) {
      pencil_.S(v, of_S_);
      pencil_.G(v, of_G_);
      kernels::combine(t, of_S_, -1.0, of_G_, out);
    };
    const double tolerance = std::max(1e-13, 0.1 * narrow * ends_.smallest / ends_.largest);
    return linalg::spectral_range(pencil_.dimension(), shifted, stream_pencil, tolerance).smallest;
  }
  [[nodiscard]] bool good(double t, double g_t) const { return std::abs(g_t) <= narrow * t * ends_.smallest; }
  [[nodiscard]] double bound(double t, double g_t) const { return t + std::max(0.0, -g_t) / ends_.smallest; }

  Pencil& pencil_;
  linalg::SpectralRange ends_;
  Vector of_S_, of_G_;
  double largest_G_;
};

std::optional<double> maximum(Pencil& pencil, double L, double L_component, Index dense_up_to) {
  const auto ends = linalg::spectral_range(
      pencil.dimension(), [&](ConstView v, View out) { pencil.S(v, out); }, stream_ends);
  const double largest_G = L_component * L_component;
  if (!(ends.largest > 1e-10 * L)) return std::nullopt;  // J is skew to rounding, and G is not 0
  // S = mu I
  if (ends.largest - ends.smallest <= 1e-12 * ends.largest) return largest_G / ends.smallest;
  if (pencil.dimension() <= dense_up_to) return dense_maximum(pencil);
  if (!(ends.smallest > 0)) return std::nullopt;
  return RootOfConcave(pencil, ends, largest_G).find();
}

}  // namespace

void determine_component_cocoercivity(const Problem& problem, Exchange& exchange, Constants& constants,
                                      Index dense_up_to) {
  auto& known = constants.cocoercivity_component;
  if (!problem.affine() || (known && known->origin != Origin::bounded)) return;
  const auto positive = [](const std::optional<Constant>& c) { return c && c->value > 0 && std::isfinite(c->value); };
  if (!positive(constants.L) || !positive(constants.L_component) || !constants.mu || constants.mu->value < 0) return;
  Pencil pencil(problem, exchange);
  const auto found = maximum(pencil, constants.L->value, constants.L_component->value, dense_up_to);
  if (!found || !std::isfinite(*found)) return;
  known = {known ? std::min(known->value, *found) : *found, Origin::computed};
}

}  // namespace vireo::problems
