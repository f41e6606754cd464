#pragma once

#include <memory>

#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// Rows a_i with labels y_i = +-1:  F_i(w) = -y_i s(-y_i a_i'w) a_i + lambda w,  s(t) = 1 / (1 + exp(-t)).
class LogisticShard final : public Shard {
 public:
  /// row_weight: M/n; labels are +1 and -1
  LogisticShard(linalg::SparseRows rows, double row_weight, double lambda,
                std::shared_ptr<linalg::sparse::PairScratch> scratch);

  [[nodiscard]] Index components() const override { return rows_.rows(); }
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;

  [[nodiscard]] const linalg::SparseRows& rows() const { return rows_; }
  /// M n_m / n: the weight of lambda z in F_m
  [[nodiscard]] double share() const { return share_; }

 private:
  linalg::SparseRows rows_;
  double row_weight_;
  double share_;
  double lambda_;
  std::shared_ptr<linalg::sparse::PairScratch> scratch_;
};

}  // namespace vireo::problems
