#include "problems/rows/logistic_shard.hpp"

#include "linalg/sigmoid.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

// c_i = -y_i s(-y_i a_i'w)
template <class Chosen>
class Coefficients {
 public:
  Coefficients(const linalg::SparseRows& rows, const Chosen& chosen) : labels_(rows.labels.data()), chosen_(chosen) {}

  template <Index lanes>
  void operator()(linalg::sparse::Lanes<lanes>, Index first, Index count, double* x) const {
    times_minus_label<lanes>(first, count, x);
    linalg::sigmoid({x, lanes * count});
    times_minus_label<lanes>(first, count, x);
  }

 private:
  template <Index lanes>
  void times_minus_label(Index first, Index count, double* x) const {
    for (Index j = 0; j < count; ++j)
      for (Index lane = 0; lane < lanes; ++lane) x[lanes * j + lane] *= -labels_[chosen_[first + j]];
  }

  const double* labels_;
  const Chosen& chosen_;
};

}  // namespace

LogisticShard::LogisticShard(linalg::SparseRows rows, double row_weight, double lambda,
                             std::shared_ptr<linalg::sparse::PairScratch> scratch)
    : rows_(std::move(rows)),
      row_weight_(row_weight),
      share_(row_weight * static_cast<double>(rows_.rows())),
      lambda_(lambda),
      scratch_(std::move(scratch)) {}

void LogisticShard::mean(ConstView z, View out) const {
  const linalg::sparse::AllRows all{rows_.rows()};
  linalg::sparse::sum_rows(rows_, all, z, out, Coefficients(rows_, all));
  kernels::combine(row_weight_, out, lambda_ * share_, z, out);
}

void LogisticShard::batch_mean(std::span<const Index> batch, ConstView z, View out) const {
  linalg::sparse::sum_rows(rows_, batch, z, out, Coefficients(rows_, batch));
  kernels::combine(1 / static_cast<double>(batch.size()), out, lambda_, z, out);
}

void LogisticShard::mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  const linalg::sparse::AllRows all{rows_.rows()};
  linalg::sparse::sum_rows_pair(rows_, all, u, v, out_u, out_v, *scratch_, Coefficients(rows_, all));
  kernels::combine(row_weight_, out_u, lambda_ * share_, u, out_u);
  kernels::combine(row_weight_, out_v, lambda_ * share_, v, out_v);
}

void LogisticShard::batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                                    View out_v) const {
  linalg::sparse::sum_rows_pair(rows_, batch, u, v, out_u, out_v, *scratch_, Coefficients(rows_, batch));
  const double weight = 1 / static_cast<double>(batch.size());
  kernels::combine(weight, out_u, lambda_, u, out_u);
  kernels::combine(weight, out_v, lambda_, v, out_v);
}

}  // namespace vireo::problems
