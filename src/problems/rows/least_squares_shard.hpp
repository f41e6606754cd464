#pragma once

#include "problems/rows/linear_model_shard.hpp"

namespace vireo::problems {

/// l(t, b) = (t - b)^2 / 2, whose derivative by t is t - b
struct SquaredLoss {
  static void differentiate(ConstView b, View t) {
    for (Index j = 0; j < t.size(); ++j) t[j] -= b[j];
  }
};

/// Rows a_i with labels b_i:  F_i(x) = a_i (a_i'x - b_i) + lambda x.
class LeastSquaresShard final : public LinearModelShard<SquaredLoss, AffineShard> {
 public:
  /// row_weight: M/n
  LeastSquaresShard(linalg::SparseRows rows, double row_weight, double lambda,
                    std::shared_ptr<linalg::sparse::PairScratch> scratch);

  void apply(ConstView v, View out) const override;
  void apply_transpose(ConstView v, View out) const override { apply(v, out); }
  void apply_mean_gram(ConstView v, View out) const override;

  /// max_i ||a_i||^2
  [[nodiscard]] double largest_squared_norm() const;

 private:
  Vector squared_norms_;
};

}  // namespace vireo::problems
