#pragma once

#include "problems/rows/row_shard.hpp"

namespace vireo::problems {

/// Rows a_i with labels b_i, z = (w, r) and e_i = w'(a_i + r) - b_i:
///
///     F_i(w, r) = ( e_i (a_i + r) + lambda w,  -e_i w + beta r ).
///
/// A sum over rows needs one pass for sum_i e_i a_i and sum_i e_i; the rest is dense and done once.
class RobustRegressionShard final : public RowShard<RobustRegressionShard> {
 public:
  /// row_weight: M/n
  RobustRegressionShard(linalg::SparseRows rows, double row_weight, double lambda, double beta,
                        std::shared_ptr<linalg::sparse::PairScratch> scratch);
  ~RobustRegressionShard() override;

 private:
  friend RowShard;
  template <class Chosen>
  void evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const;
  template <class Chosen>
  void evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v, View out_u,
                     View out_v) const;
  void finish(double weight, double share, double residuals, ConstView z, View out) const;

  double lambda_;
  double beta_;
};

}  // namespace vireo::problems
