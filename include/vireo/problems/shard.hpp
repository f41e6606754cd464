#pragma once

#include <span>

#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// The components of F(z) = (1/n) sum_i F_i(z) that worker m owns. All views have length d.
///
/// Derive from it for full control over speed. `ComponentProblem` (component_problem.hpp) makes shards from
/// a function that evaluates one component.
class Shard {
 public:
  Shard() = default;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  virtual ~Shard() = default;

  /// Number of components in this shard
  [[nodiscard]] virtual Index components() const = 0;

  /// out = F_m(z) = (M/n) sum_{i in shard} F_i(z), so that F = (1/M) sum_m F_m for shards of any size
  virtual void mean(ConstView z, View out) const = 0;

  /// out = (1/|batch|) sum_{i in batch} F_i(z) / (n p_i), where p is the problem's law
  /// (Problem::draw_component). This is the estimate of F(z) from a batch that is drawn by p; for the
  /// uniform law it is the mean of the F_i(z). The batch holds local numbers 0 <= i < components(), which
  /// may repeat.
  virtual void batch_mean(std::span<const Index> batch, ConstView z, View out) const = 0;

  /// M sum_{i in shard} p_i if the problem's law p is not uniform, and 0 if it is. A problem that overrides
  /// Problem::draw_component must override this and `draw` as well.
  [[nodiscard]] virtual double drawn_share() const { return 0; }
  /// Draws the local number of a component of this shard by the problem's law.
  [[nodiscard]] virtual Index draw(random::Stream& stream) const { return stream.below(components()); }

  /// F_m(u) and F_m(v). A shard may override this to make only one pass over its data.
  virtual void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
    mean(u, out_u);
    mean(v, out_v);
  }

  /// batch_mean at u and at v. A shard may override this to make only one pass over its data.
  virtual void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const {
    batch_mean(batch, u, out_u);
    batch_mean(batch, v, out_v);
  }
};

/// A shard of affine components F_i(z) = J_i z + c_i, from which constants can be computed.
class AffineShard : public Shard {
 public:
  /// out = J_m v, where J_m = (M/n) sum_{i in shard} J_i
  virtual void apply(ConstView v, View out) const = 0;
  /// out = J_m' v
  virtual void apply_transpose(ConstView v, View out) const = 0;
  /// out = M sum_{i in shard} p_i E_i' E_i v, where E_i = J_i / (n p_i). The constant L_component comes from
  /// this operator. For the uniform law it is (M/n) sum_{i in shard} J_i' J_i v.
  virtual void apply_mean_gram(ConstView v, View out) const = 0;
};

}  // namespace vireo
