#pragma once

#include <memory>

#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// Rows a_i with labels b_i:  F_i(x) = a_i (a_i'x - b_i) + lambda x.
class LeastSquaresShard final : public AffineShard {
 public:
  /// row_weight: M/n
  LeastSquaresShard(linalg::SparseRows rows, double row_weight, double lambda,
                    std::shared_ptr<linalg::sparse::PairScratch> scratch);

  [[nodiscard]] Index components() const override { return rows_.rows(); }
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;
  void apply(ConstView v, View out) const override;
  void apply_transpose(ConstView v, View out) const override { apply(v, out); }
  void apply_mean_gram(ConstView v, View out) const override;

  /// max_i ||a_i||^2
  [[nodiscard]] double largest_squared_norm() const;

 private:
  linalg::SparseRows rows_;
  double row_weight_;
  double share_;  ///< M n_m / n: the weight of lambda x in F_m
  double lambda_;
  Vector squared_norms_;
  std::shared_ptr<linalg::sparse::PairScratch> scratch_;
};

}  // namespace vireo::problems
