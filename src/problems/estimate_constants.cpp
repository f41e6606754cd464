#include "problems/estimate_constants.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "problems/in_context.hpp"
#include "problems/not_finite.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/state.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors; others are in determine_constants.cpp
enum PairStream : std::uint64_t { stream_places = 100, stream_middle = 200, stream_directions = 1000 };
/// Cosines of this size are the rounding of differences at nearby points.
constexpr double rounding = 1e-6;
/// Random places at which few directions are looked along, ...
constexpr int scouts = 16;
/// ... and how far from z0 they are, in turn
constexpr std::array distances{1.0, 0.3, 1.0, 0.1};
/// Directions at each of the other places, at most
constexpr Index turns = 20;
/// Pairs that there can be in all
constexpr Index most_pairs = 3 * turns + 2 * scouts + 16;
/// Numbers that may be kept for combinations, of all workers together
constexpr Index room = Index{1} << 22;

using Matrix = Eigen::MatrixXd;

/// c that maximises c'Ac / c'Bc, A and B positive semidefinite. Directions in which B is nothing but rounding are left
/// out.
Eigen::VectorXd largest_ratio(const Matrix& A, const Matrix& B) {
  const Eigen::VectorXd sizes = B.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Matrix> of_B(sizes.asDiagonal() * B * sizes.asDiagonal());
  const auto& values = of_B.eigenvalues();
  const Eigen::Index kept = (values.array() > 1e-6 * values.maxCoeff()).count();
  const Eigen::VectorXd roots = values.tail(kept).cwiseSqrt().cwiseInverse();
  const Matrix W = sizes.asDiagonal() * of_B.eigenvectors().rightCols(kept) * roots.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> of_A(W.transpose() * A * W);
  return W * of_A.eigenvectors().rightCols(1);
}

/// The differences s = v - u of the pairs looked at, with y = F(v) - F(u) and those of the workers
class Differences {
 public:
  Differences(const Exchange& exchange, Index most) : exchange_(exchange), most_(most) {}

  [[nodiscard]] bool full() const { return s_.size() >= most_; }
  [[nodiscard]] Index size() const { return s_.size(); }
  void keep(ConstView s, ConstView y, const WorkerVectors& of_workers) {
    s_.emplace_back(s.begin(), s.end());
    y_.emplace_back(y.begin(), y.end());
    y_of_workers_.push_back(of_workers);
  }

  /// The combination of the s that F, or the workers together, would stretch most if F were affine
  [[nodiscard]] Vector best(bool of_workers) const {
    const auto lengths = gram([&](Index i, Index j) { return kernels::dot(s_[i], s_[j]); });
    const auto stretched =
        of_workers ? gram_of_workers() : gram([&](Index i, Index j) { return kernels::dot(y_[i], y_[j]); });
    const Eigen::VectorXd c = largest_ratio(stretched, lengths);
    Vector out(s_.front().size(), 0.0);
    for (Index i = 0; i < size(); ++i) kernels::axpy(c(static_cast<Eigen::Index>(i)), s_[i], out);
    return out;
  }

 private:
  template <class Entry>
  [[nodiscard]] Matrix gram(const Entry& entry) const {
    const auto k = static_cast<Eigen::Index>(size());
    Matrix out(k, k);
    for (Eigen::Index i = 0; i < k; ++i)
      for (Eigen::Index j = 0; j <= i; ++j) out(i, j) = out(j, i) = entry(static_cast<Index>(i), static_cast<Index>(j));
    return out;
  }

  /// The sum over the workers. Collective; the numbers of all workers on all ranks, added in worker order
  [[nodiscard]] Matrix gram_of_workers() const {
    const Index entries = size() * (size() + 1) / 2;
    const auto all = share_worker_values(exchange_, entries, [&](Index m, View numbers) {
      auto to = numbers.begin();
      for (Index i = 0; i < size(); ++i)
        for (Index j = 0; j <= i; ++j) *to++ = kernels::dot(y_of_workers_[i][m], y_of_workers_[j][m]);
    });
    return gram([&](Index i, Index j) {
      double sum = 0;
      for (Index m = 0; m < exchange_.layout().workers(); ++m) sum += all[m * entries + i * (i + 1) / 2 + j];
      return sum;
    });
  }

  const Exchange& exchange_;
  Index most_;
  std::vector<Vector> s_, y_;
  std::vector<WorkerVectors> y_of_workers_;
};

class Pairs {
 public:
  Pairs(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0)
      : problem_(problem),
        exchange_(exchange),
        g_(g),
        d_(problem.dimension()),
        root_d_(std::sqrt(static_cast<double>(d_))),
        size_(std::max(1.0, kernels::norm(z0) / root_d_)),
        u_(d_),
        v_(d_),
        s_(d_),
        y_(d_),
        F_u_(d_),
        steepest_(d_, 1.0),
        F_m_u_(exchange.workers(), d_),
        changes_(exchange.workers(), d_),
        kept_(exchange, std::min<Index>(most_pairs, room / ((problem.layout().workers() + 2) * d_))) {}

  Estimate look(ConstView z0) {
    go_to(z0);
    look_around();
    steepest_place_ = u_;
    for (int scout = 0; scout < scouts; ++scout) {
      Vector place(d_);
      normal(stream_places + static_cast<std::uint64_t>(scout), place);
      kernels::scale(size_ * distances[static_cast<std::size_t>(scout) % distances.size()], place);
      kernels::axpy(1.0, z0, place);
      go_to(place);
      if (look_along(steepest_)) look_along(Vector(y_));
    }
    const Vector best_place = steepest_place_;
    go_to(best_place);
    look_around();
    go_to(middle(z0));
    look_around();
    combine();
    const Vector best_of_all = steepest_place_;
    go_to(best_of_all);
    combine();
    const bool affine = bend_ <= 1e-7 * found_.L;
    if (found_.not_monotone)
      found_.margin = 1;
    else if (d_ > 3 * turns || d_ > kept_.size())
      found_.margin = 1.5;
    else
      found_.margin = affine ? 1.01 : 1.3;
    return std::move(found_);
  }

 private:
  void normal(std::uint64_t stream, View out) const {
    random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream}, 0, out);
  }

  /// The mean of random points of the domain of g, which as a rule is none of its boundary
  [[nodiscard]] Vector middle(ConstView z0) {
    constexpr int points = 8;
    Vector mean(d_, 0.0);
    for (int i = 0; i < points; ++i) {
      normal(stream_middle + static_cast<std::uint64_t>(i), s_);
      kernels::add_scaled(z0, size_, s_, v_);
      g_.prox(1.0, v_);
      kernels::axpy(1.0 / points, v_, mean);
    }
    return mean;
  }

  /// u = the point of the domain of g, and F_m(u). Then F half way from the place before, which is the mean of F at both
  /// if F is affine; the domain is convex.
  void go_to(ConstView place) {
    const Vector u_before = u_, F_before = F_u_;
    std::ranges::copy(place, u_.begin());
    g_.prox(1.0, u_);
    exchange_.mean(
        [&](Index m, View x) {
          evaluate(m, u_, x);
          std::ranges::copy(x, F_m_u_[m].begin());
        },
        F_u_);
    const double half = kernels::distance(u_, u_before) / 2;
    if (places_++ == 0 || !(half > 0)) return;
    kernels::combine(0.5, u_before, 0.5, u_, v_);
    exchange_.mean([&](Index m, View x) { evaluate(m, v_, x); }, y_);
    kernels::axpy(-0.5, F_before, y_);
    kernels::axpy(-0.5, F_u_, y_);
    bend_ = std::max(bend_, kernels::norm(y_) / half);
  }

  /// Looks along what the differences so far, put together, say would be stretched most
  void combine() {
    for (const bool of_workers : {false, true}) {
      if (kept_.size() < 2) return;
      const Vector direction = kept_.best(of_workers);
      look_along(direction);
      look_along(direction, -1);
    }
  }

  /// Directions that are orthogonal to each other: the one that was stretched most anywhere, then in turn what F made of
  /// the last one, and random ones.
  void look_around() {
    std::vector<Vector> looked;
    Vector direction = steepest_;
    for (Index turn = 0; turn < std::min(d_, turns); ++turn) {
      if (turn % 2 == 1 || !orthogonal(looked, direction)) {
        normal(stream_directions + drawn_++, direction);
        if (!orthogonal(looked, direction)) return;
      }
      looked.push_back(direction);
      if (look_along(direction)) direction = y_;
    }
  }

  /// Makes it of length 1. False: nothing is left but rounding.
  static bool orthogonal(const std::vector<Vector>& others, Vector& direction) {
    const double before = kernels::norm(direction);
    if (!(before > 0) || !std::isfinite(before)) return false;
    kernels::scale(1 / before, direction);
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& other : others) kernels::axpy(-kernels::dot(other, direction), other, direction);
    const double left = kernels::norm(direction);
    if (left < 1e-6) return false;
    kernels::scale(1 / left, direction);
    return true;
  }

  void evaluate(Index m, ConstView z, View out) {
    of_worker(m, [&] { problem_.shard(m).mean(z, out); });
    look_for_cause(problem_, exchange_, m, z, out);
    exchange_.ledger().oracle_calls += static_cast<std::int64_t>(problem_.shard(m).components());
  }

  /// Evaluates F at v, near u in this direction; s_ = v - u and y_ = F(v) - F(u). False: the domain does not go there,
  /// and what is left is mostly rounding.
  bool look_along(ConstView direction, double sign = 1) {
    const double length = 1e-4 * size_ * root_d_;
    kernels::add_scaled(u_, sign * length / kernels::norm(direction), direction, v_);
    g_.prox(1.0, v_);
    kernels::subtract(v_, u_, s_);
    const double distance = kernels::norm(s_);
    if (!(distance > 1e-3 * length)) return false;
    exchange_.mean(
        [&](Index m, View x) {
          evaluate(m, v_, x);
          kernels::axpy(-1.0, F_m_u_[m], x);
          std::ranges::copy(x, changes_[m].begin());
        },
        y_);
    take(distance);
    if (!kept_.full()) kept_.keep(s_, y_, changes_);
    return true;
  }

  void take(double distance) {
    const double changed = kernels::norm(y_);
    const double stretched = changed / distance;
    if (stretched > found_.L) {
      found_.L = stretched;
      steepest_ = s_;
      steepest_place_ = u_;
    }
    const auto all = share_worker_values(exchange_, [&](Index m) { return kernels::norm(changes_[m]); });
    found_.L_ms = std::max(found_.L_ms, root_mean_square(all) / distance);
    const double curvature = kernels::dot(y_, s_) / distance / distance;
    if (curvature < -rounding * stretched && (!found_.not_monotone || curvature < found_.not_monotone->curvature))
      found_.not_monotone = {.curvature = curvature, .distance = distance, .u = u_};
  }

  const Problem& problem_;
  Exchange& exchange_;
  const Regularizer& g_;
  Index d_;
  double root_d_, size_;
  Vector u_, v_, s_, y_, F_u_, steepest_, steepest_place_;
  WorkerVectors F_m_u_, changes_;
  Differences kept_;
  double bend_ = 0;  ///< the largest distance of F from its chord, by half of the chord's length
  int places_ = 0;
  std::uint64_t drawn_ = 0;
  Estimate found_;
};

}  // namespace

Estimate estimate_constants(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0) {
  return Pairs(problem, exchange, g, z0).look(z0);
}

}  // namespace vireo::problems
