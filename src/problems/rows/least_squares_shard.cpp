#include "problems/rows/least_squares_shard.hpp"

#include <algorithm>

#include "linalg/sparse_rows_gram.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {

LeastSquaresShard::LeastSquaresShard(linalg::SparseRows rows, double row_weight, double lambda,
                                     std::shared_ptr<linalg::sparse::PairScratch> scratch)
    : LinearModelShard(std::move(rows), row_weight, lambda, std::move(scratch)),
      squared_norms_(linalg::sparse::squared_row_norms(this->rows())) {}

void LeastSquaresShard::apply(ConstView v, View out) const {
  linalg::sparse::apply_gram(rows(), row_weight(), v, out);
  kernels::axpy(ridge() * share(), v, out);
}

// (a a' + lambda I)^2 = (|a|^2 + 2 lambda) a a' + lambda^2 I
void LeastSquaresShard::apply_mean_gram(ConstView v, View out) const {
  Vector weights = squared_norms_;
  for (double& weight : weights) weight += 2 * ridge();
  linalg::sparse::apply_weighted_gram(rows(), row_weight(), weights, v, out);
  kernels::axpy(ridge() * ridge() * share(), v, out);
}

double LeastSquaresShard::largest_squared_norm() const {
  return squared_norms_.empty() ? 0.0 : *std::ranges::max_element(squared_norms_);
}

}  // namespace vireo::problems
