#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "linalg/coupling.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// One affine component of a game between x and y, z = (x, y):
///
///     F_i(z) = [ P x + A y + s x ;  -A' x + Q y + s y ] + c
///
/// with symmetric P and Q (none: zero), coupling A and a diagonal s.
struct GameComponent {
  std::unique_ptr<linalg::Coupling> A;
  std::unique_ptr<linalg::DenseCoupling> P;  ///< may be null
  std::unique_ptr<linalg::DenseCoupling> Q;  ///< may be null
  double diagonal = 0;
  Vector c;

  /// out = J v
  void apply(ConstView v, View out) const { multiply(v, out, +1); }
  /// out = J' v
  void apply_transpose(ConstView v, View out) const { multiply(v, out, -1); }
  /// J u and J v, in one pass over A where there is no P and no Q
  void apply_pair(ConstView u, ConstView v, View out_u, View out_v) const;
  /// this += a other
  void add(double a, const GameComponent& other);
  void scale(double a);
  [[nodiscard]] GameComponent zero_like() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  void multiply(ConstView v, View out, double sign) const;
};

/// A worker's game components. The mean over all of them is kept merged, so that it costs one pass over one matrix.
class GameShard final : public AffineShard {
 public:
  /// weight: M/n
  GameShard(std::vector<GameComponent> components, double weight);

  [[nodiscard]] Index components() const override { return components_.empty() ? 1 : components_.size(); }
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;
  void apply(ConstView v, View out) const override { merged_.apply(v, out); }
  void apply_transpose(ConstView v, View out) const override { merged_.apply_transpose(v, out); }
  void apply_mean_gram(ConstView v, View out) const override;
  [[nodiscard]] std::size_t bytes() const;

 private:
  double weight_;
  GameComponent merged_;                   ///< weight * sum of the components
  std::vector<GameComponent> components_;  ///< empty if there is one: then merged_ = weight * it
};

}  // namespace vireo::problems
