#pragma once

#include <memory>

#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// Rows a_i with labels b_i, z = (w, r) and e_i = w'(a_i + r) - b_i:
///
///     F_i(w, r) = ( e_i (a_i + r) + lambda w,  -e_i w + beta r ).
///
/// A sum over rows needs one pass for sum_i e_i a_i and sum_i e_i; the rest is dense and done once.
class RobustRegressionShard final : public Shard {
 public:
  /// row_weight: M/n
  RobustRegressionShard(linalg::SparseRows rows, double row_weight, double lambda, double beta,
                        std::shared_ptr<linalg::sparse::PairScratch> scratch);

  [[nodiscard]] Index components() const override { return rows_.rows(); }
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;

  [[nodiscard]] const linalg::SparseRows& rows() const { return rows_; }
  /// M n_m / n: the weight of the terms without data in F_m
  [[nodiscard]] double share() const { return share_; }

 private:
  template <class Chosen>
  void evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const;
  template <class Chosen>
  void evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v, View out_u,
                     View out_v) const;
  void finish(double weight, double share, double residuals, ConstView z, View out) const;

  linalg::SparseRows rows_;
  double row_weight_;
  double share_;
  double lambda_;
  double beta_;
  std::shared_ptr<linalg::sparse::PairScratch> scratch_;
};

}  // namespace vireo::problems
