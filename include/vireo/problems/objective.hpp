#pragma once

#include <functional>

#include "vireo/exchange/ledger.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo {

/// A view of a block of at most 64 points of R^d, stored coordinate by coordinate: coordinate(j)[p] is
/// coordinate j of point p. The storage is aligned, and may be read up to index 63 of every coordinate.
class Points {
 public:
  static constexpr Index most = 64;  ///< points in a block, and doubles from one coordinate to the next

  /// `first` points to coordinate 0; coordinate j begins at first + 64 j.
  Points(const double* first, Index size, Index dimension) : first_(first), size_(size), dimension_(dimension) {}

  /// Number of points
  [[nodiscard]] Index size() const { return size_; }
  /// d, the number of coordinates
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// Coordinate j of all points
  [[nodiscard]] ConstView coordinate(Index j) const { return {first_ + most * j, size_}; }

  /// out = point p
  void copy(Index p, View out) const {
    for (Index j = 0; j < dimension_; ++j) out[j] = first_[most * j + p];
  }

 private:
  const double* first_;
  Index size_;
  Index dimension_;
};

/// One point as a block, with storage of its own.
class SinglePoint {
 public:
  /// Copies z.
  explicit SinglePoint(ConstView z) : dimension_(z.size()), values_(Points::most * z.size(), 0.0) {
    for (Index j = 0; j < z.size(); ++j) values_[Points::most * j] = z[j];
  }
  /// The block, valid as long as this object
  [[nodiscard]] Points points() const { return {values_.data(), 1, dimension_}; }

 private:
  Index dimension_;
  Vector values_;
};

/// Many blocks of points, of which one at a time is looked at.
struct PointBlocks {
  Index count = 0;  ///< number of blocks
  /// Block i; the view is valid until the next call.
  std::function<Points(Index i)> at;

  /// Calls action(points, index of the first of them among all points) for every block, in order.
  template <class Action>
  void for_each(const Action& action) const {
    Index first = 0;
    for (Index i = 0; i < count; ++i) {
      const Points points = at(i);
      action(points, first);
      first += points.size();
    }
  }
};

/// A function f: R^d -> R to be minimised, known by its values alone. Each rank evaluates it by itself at
/// its own particles, unless the objective says that the ranks do so together.
class Objective {
 public:
  Objective() = default;
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;
  virtual ~Objective() = default;

  /// out[p] = f(point p), for all points of the block. Must depend on nothing but the point. A particle
  /// whose value is not finite has no weight in that step. An exception ends the run.
  virtual void values(const Points& points, View out) const = 0;

  /// The value that f + g is compared with: its smallest value if that is known, else a lower bound. The residual of
  /// a run, which the tolerance is for, is f(z) + g(z) - reference. A value below the reference by more than rounding
  /// ends the run, since its residual says nothing.
  [[nodiscard]] virtual double reference() const { return 0; }

  /// True if all ranks must evaluate f together, at the same points, because its data are split over them.
  /// Then `values` and `value` are collective, and all ranks hold all particles.
  [[nodiscard]] virtual bool together() const { return false; }
  /// f at all points of many blocks, one after the other. Methods call this where the ranks evaluate
  /// together, so that one reduction serves all particles. An override books its costs to the ledger. This
  /// default goes block by block, and books nothing.
  virtual void values_together(const PointBlocks& blocks, View out, Ledger& ledger) const;

  /// f(z)
  [[nodiscard]] double value(ConstView z) const {
    double out = 0;
    values(SinglePoint(z).points(), {&out, 1});
    return out;
  }
};

/// The costs of players, known by their values alone. Player b minimises cost_b over block b of z
/// (AnyProblem::blocks), while the other blocks are given. A saddle function E(x, y) is the game with the costs
/// E and -E.
class Game {
 public:
  Game() = default;
  Game(const Game&) = delete;
  Game& operator=(const Game&) = delete;
  virtual ~Game() = default;

  /// out[p] = the cost of `player` if its block is point p of `own`, and the other blocks are those of z. z
  /// has d coordinates, of which the player's own are ignored.
  virtual void costs(Index player, const Points& own, ConstView z, View out) const = 0;
};

/// The short way to an objective of your own: write what f is at one point.
///
///     class MyFunction : public vireo::PointwiseObjective {
///      public:
///       double at(vireo::ConstView z) const override;   // f(z)
///     };
///
/// Derive from Objective and override `values` instead, if many points at once are cheaper.
class PointwiseObjective : public Objective {
 public:
  /// f(z); may be infinite or NaN
  [[nodiscard]] virtual double at(ConstView z) const = 0;
  void values(const Points& points, View out) const override;
};

/// The minimisation of an objective, as a problem for the particle methods `cbo` and `consensus-hopping`.
class ObjectiveProblem final : public AnyProblem {
 public:
  /// What is known besides f. The defaults suit most objectives.
  struct About {
    Index components = 1;                   ///< n if f is a mean of n terms: an evaluation of f counts as n
    double lower = -3;                      ///< particles begin in [lower, upper], each coordinate uniform
    double upper = 3;                       ///< the upper end of that interval
    std::optional<Vector> solution = {};    ///< argmin f, where known
    std::optional<Vector> initial = {};     ///< z^0; empty: the middle of lower and upper
    std::vector<std::string> remarks = {};  ///< see AnyProblem::remarks
    std::string fingerprint = {};           ///< see AnyProblem::fingerprint
  };
  /// `dimension` is d, the number of coordinates of the points that f takes.
  ObjectiveProblem(const ProblemContext& context, Index dimension, std::unique_ptr<const Objective> f, About about);
  /// The same with the defaults of About.
  ObjectiveProblem(const ProblemContext& context, Index dimension, std::unique_ptr<const Objective> f)
      : ObjectiveProblem(context, dimension, std::move(f), About{}) {}

  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] Index components() const override { return about_.components; }
  [[nodiscard]] const Objective* objective() const override { return f_.get(); }
  [[nodiscard]] std::pair<double, double> start_range() const override { return {about_.lower, about_.upper}; }
  [[nodiscard]] std::optional<Vector> solution() const override { return about_.solution; }
  [[nodiscard]] Vector initial_point() const override;
  [[nodiscard]] std::vector<std::string> remarks() const override { return about_.remarks; }
  [[nodiscard]] std::string fingerprint() const override { return about_.fingerprint; }

 private:
  Index dimension_;
  std::unique_ptr<const Objective> f_;
  About about_;
};

/// f(z) + g(z) - reference; NaN if f(z) + g(z) is not finite. It is 0 where the difference is negative and may be
/// rounding, -1e-10 (1 + |reference|) at most, and negative where the reference is wrong.
[[nodiscard]] double objective_residual(const Objective& f, const Regularizer& g, ConstView z);

}  // namespace vireo
