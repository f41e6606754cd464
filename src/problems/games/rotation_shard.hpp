#pragma once

#include <memory>

#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// Components F_i(z) = m_i z + q, taken coordinate by coordinate over the complex numbers z_c = (z_{2c}, z_{2c+1}),
/// with multipliers |m_ic|^2 = Re m_ic. The multipliers are kept (8 d bytes a component), and their weighted sum, so
/// that a full pass costs O(d).
class RotationShard final : public AffineShard {
 public:
  /// multipliers: those of the first component, of the second, ...; weight: M/n
  RotationShard(Vector multipliers, Index dimension, double weight);

  /// q, of all components, length d; before anything but `mean_multiplier` and the linear parts is asked for
  void set_offset(std::shared_ptr<const Vector> q) { q_ = std::move(q); }

  [[nodiscard]] Index components() const override { return multipliers_.size() / mean_.size(); }
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;
  void apply(ConstView v, View out) const override;
  void apply_transpose(ConstView v, View out) const override;
  void apply_mean_gram(ConstView v, View out) const override;

  /// (M/n) sum_i m_i
  [[nodiscard]] ConstView mean_multiplier() const { return mean_; }
  [[nodiscard]] std::size_t bytes() const { return 8 * (multipliers_.size() + 2 * mean_.size()); }

 private:
  /// (1/|batch|) sum_i m_i, in scratch
  [[nodiscard]] ConstView batch_multiplier(std::span<const Index> batch) const;

  Vector multipliers_;
  Vector mean_;
  double share_;  ///< M n_m / n: the weight of q in F_m
  std::shared_ptr<const Vector> q_;
  mutable Vector scratch_;  ///< a shard is used by one thread
};

}  // namespace vireo::problems
