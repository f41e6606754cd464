#include "problems/rows/least_squares_shard.hpp"

#include <algorithm>

#include "linalg/sparse_rows_gram.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

/// c_i = a_i'x - b_i
template <class Chosen>
class Residuals {
 public:
  Residuals(const linalg::SparseRows& rows, const Chosen& chosen) : labels_(rows.labels.data()), chosen_(chosen) {}

  template <Index lanes>
  void operator()(linalg::sparse::Lanes<lanes>, Index first, Index count, double* x) const {
    for (Index j = 0; j < count; ++j)
      for (Index lane = 0; lane < lanes; ++lane) x[lanes * j + lane] -= labels_[chosen_[first + j]];
  }

 private:
  const double* labels_;
  const Chosen& chosen_;
};

}  // namespace

LeastSquaresShard::LeastSquaresShard(linalg::SparseRows rows, double row_weight, double lambda,
                                     std::shared_ptr<linalg::sparse::PairScratch> scratch)
    : rows_(std::move(rows)),
      row_weight_(row_weight),
      share_(row_weight * static_cast<double>(rows_.rows())),
      lambda_(lambda),
      squared_norms_(linalg::sparse::squared_row_norms(rows_)),
      scratch_(std::move(scratch)) {}

void LeastSquaresShard::mean(ConstView z, View out) const {
  const linalg::sparse::AllRows all{rows_.rows()};
  linalg::sparse::sum_rows(rows_, all, z, out, Residuals(rows_, all));
  kernels::combine(row_weight_, out, lambda_ * share_, z, out);
}

void LeastSquaresShard::batch_mean(std::span<const Index> batch, ConstView z, View out) const {
  linalg::sparse::sum_rows(rows_, batch, z, out, Residuals(rows_, batch));
  kernels::combine(1 / static_cast<double>(batch.size()), out, lambda_, z, out);
}

void LeastSquaresShard::mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  const linalg::sparse::AllRows all{rows_.rows()};
  linalg::sparse::sum_rows_pair(rows_, all, u, v, out_u, out_v, *scratch_, Residuals(rows_, all));
  kernels::combine(row_weight_, out_u, lambda_ * share_, u, out_u);
  kernels::combine(row_weight_, out_v, lambda_ * share_, v, out_v);
}

void LeastSquaresShard::batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                                        View out_v) const {
  linalg::sparse::sum_rows_pair(rows_, batch, u, v, out_u, out_v, *scratch_, Residuals(rows_, batch));
  const double weight = 1 / static_cast<double>(batch.size());
  kernels::combine(weight, out_u, lambda_, u, out_u);
  kernels::combine(weight, out_v, lambda_, v, out_v);
}

void LeastSquaresShard::apply(ConstView v, View out) const {
  linalg::sparse::apply_gram(rows_, row_weight_, v, out);
  kernels::axpy(lambda_ * share_, v, out);
}

// (a a' + lambda I)^2 = (|a|^2 + 2 lambda) a a' + lambda^2 I
void LeastSquaresShard::apply_mean_gram(ConstView v, View out) const {
  Vector weights = squared_norms_;
  for (double& weight : weights) weight += 2 * lambda_;
  linalg::sparse::apply_weighted_gram(rows_, row_weight_, weights, v, out);
  kernels::axpy(lambda_ * lambda_ * share_, v, out);
}

double LeastSquaresShard::largest_squared_norm() const {
  return squared_norms_.empty() ? 0.0 : *std::ranges::max_element(squared_norms_);
}

}  // namespace vireo::problems
