#pragma once

#include <span>

#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// Worker m's share of the components of F(z) = (1/n) sum_i F_i(z). All views have length d.
///
/// Derive from it for full control over speed; `ComponentProblem` (component_problem.hpp) makes shards from a function
/// that evaluates one component.
class Shard {
 public:
  Shard() = default;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  virtual ~Shard() = default;

  /// number of components in this shard
  [[nodiscard]] virtual Index components() const = 0;

  /// out = F_m(z) = (M/n) sum_{i in shard} F_i(z), so that F = (1/M) sum_m F_m for shards of any size
  virtual void mean(ConstView z, View out) const = 0;

  /// out = (1/|batch|) sum_{i in batch} F_i(z) / (n p_i), where p is the problem's law (Problem::draw_component): the
  /// estimate of F(z) from a batch drawn by it. For the uniform law that is the mean of the F_i(z). The batch holds
  /// local numbers 0 <= i < components(), not necessarily different.
  virtual void batch_mean(std::span<const Index> batch, ConstView z, View out) const = 0;

  /// M sum_{i in shard} p_i where the problem's law p is not uniform, else 0. A problem that overrides
  /// Problem::draw_component overrides this and `draw` as well.
  [[nodiscard]] virtual double drawn_share() const { return 0; }
  /// The local number of a component, drawn by the problem's law from those of this shard
  [[nodiscard]] virtual Index draw(random::Stream& stream) const { return stream.below(components()); }

  /// F_m(u) and F_m(v), in one pass over the data where the shard knows how
  virtual void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
    mean(u, out_u);
    mean(v, out_v);
  }

  /// The batch's estimates at u and at v, in one pass over the data where the shard knows how
  virtual void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const {
    batch_mean(batch, u, out_u);
    batch_mean(batch, v, out_v);
  }
};

/// A shard of affine components F_i(z) = J_i z + c_i: what constants are computed from.
class AffineShard : public Shard {
 public:
  /// out = J_m v, where J_m = (M/n) sum_{i in shard} J_i
  virtual void apply(ConstView v, View out) const = 0;
  /// out = J_m' v
  virtual void apply_transpose(ConstView v, View out) const = 0;
  /// out = M sum_{i in shard} p_i E_i' E_i v, where E_i = J_i / (n p_i): the operator behind the mean-square constant
  /// of the components. For the uniform law: (M/n) sum_{i in shard} J_i' J_i v
  virtual void apply_mean_gram(ConstView v, View out) const = 0;
};

}  // namespace vireo
