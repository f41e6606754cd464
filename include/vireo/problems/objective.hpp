#pragma once

#include "vireo/exchange/ledger.hpp"
#include "vireo/problems/points.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo {

/// f: R^d -> R to be minimised, known by its values alone. Every rank evaluates it by itself, at its own particles,
/// unless the objective says that ranks do so together.
class Objective {
 public:
  Objective() = default;
  Objective(const Objective&) = delete;
  Objective& operator=(const Objective&) = delete;
  virtual ~Objective() = default;

  /// out[p] = f(point p), for all points of the block. Must depend on nothing but the point. A value that is not finite
  /// drops that particle from the step; what it throws ends the run.
  virtual void values(const Points& points, View out) const = 0;

  /// What f is measured by: its smallest value where that is known, else a lower bound or a target. The residual of a
  /// run, which the tolerance is for, is max(f(z) + g(z) - reference, 0).
  [[nodiscard]] virtual double reference() const { return 0; }

  /// true if f can be evaluated by all ranks together only, at the same points: its data are split over them. Then
  /// `values` and `value` are collective, and all ranks hold all particles.
  [[nodiscard]] virtual bool together() const { return false; }
  /// f at all points of many blocks, one after the other: what methods call where ranks evaluate together, so that one
  /// reduction serves all particles. Costs are booked to the ledger. Here: block by block, and nothing is booked.
  virtual void values_together(const PointBlocks& blocks, View out, Ledger& ledger) const;

  /// f(z)
  [[nodiscard]] double value(ConstView z) const {
    double out = 0;
    values(SinglePoint(z).points(), {&out, 1});
    return out;
  }
};

/// Costs of players, known by their values alone: player b minimises cost_b over block b of z (Problem::blocks), the
/// other blocks being given. A saddle function E(x, y) is the game of the costs E and -E.
class Game {
 public:
  Game() = default;
  Game(const Game&) = delete;
  Game& operator=(const Game&) = delete;
  virtual ~Game() = default;

  /// out[p] = cost of `player` where its block is point p of `own`, and the other blocks are those of z (d coordinates,
  /// of which the player's own are ignored)
  virtual void costs(Index player, const Points& own, ConstView z, View out) const = 0;
};

/// The short way to an objective of your own: say what f is at one point.
///
///     class MyFunction : public vireo::PointwiseObjective {
///      public:
///       double at(vireo::ConstView z) const override;   // f(z)
///     };
///
/// Override `values` of Objective instead where many points at once are cheaper.
class PointwiseObjective : public Objective {
 public:
  /// f(z); may be infinite or NaN
  [[nodiscard]] virtual double at(ConstView z) const = 0;
  void values(const Points& points, View out) const override;
};

/// The minimisation of an objective, as a problem: particle methods run on it (cbo, consensus-hopping). It has no F.
class ObjectiveProblem final : public Problem {
 public:
  /// What is known besides f; the defaults are right for most.
  struct About {
    Index components = 1;                   ///< n where f is a mean of n terms: what evaluations are counted in
    double lower = -3;                      ///< particles begin in [lower, upper], each coordinate uniform
    double upper = 3;                       ///< likewise
    std::optional<Vector> solution = {};    ///< argmin f, where known
    std::optional<Vector> initial = {};     ///< z^0; empty: the middle of lower and upper
    std::vector<std::string> remarks = {};  ///< see Problem::remarks
    std::string fingerprint = {};           ///< see Problem::fingerprint
  };
  /// dimension: d, of the points that f takes
  ObjectiveProblem(const ProblemContext& context, Index dimension, std::unique_ptr<const Objective> f, About about);
  /// likewise, with all defaults
  ObjectiveProblem(const ProblemContext& context, Index dimension, std::unique_ptr<const Objective> f)
      : ObjectiveProblem(context, dimension, std::move(f), About{}) {}

  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] Index components() const override { return about_.components; }
  /// throws Error(internal): there is no operator
  [[nodiscard]] const Shard& shard(Index worker) const override;
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

/// max(f(z) + g(z) - reference, 0); NaN if f(z) is not finite
[[nodiscard]] double objective_residual(const Objective& f, const Regularizer& g, ConstView z);

}  // namespace vireo
