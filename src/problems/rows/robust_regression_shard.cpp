#include "problems/rows/robust_regression_shard.hpp"

#include <array>

#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

// z = (w, r): two halves of equal length
template <class Z>
Z w_of(Z z) {
  return z.first(z.size() / 2);
}
template <class Z>
Z r_of(Z z) {
  return z.last(z.size() / 2);
}
double w_times_r(ConstView z) { return kernels::dot(w_of(z), r_of(z)); }

// e_i = a_i'w + w'r - b_i, and their sum
template <class Chosen, Index lanes>
class Residuals {
 public:
  Residuals(const linalg::SparseRows& rows, const Chosen& chosen, std::array<double, lanes> shift)
      : labels_(rows.labels.data()), chosen_(chosen), shift_(shift) {}

  void operator()(linalg::sparse::Lanes<lanes>, Index first, Index count, double* x) {
    for (Index j = 0; j < count; ++j) {
      const double label = labels_[chosen_[first + j]];
      for (Index lane = 0; lane < lanes; ++lane) {
        double& residual = x[lanes * j + lane];
        residual = (residual + shift_[lane]) - label;
        total_[lane] += residual;
      }
    }
  }

  [[nodiscard]] double total(Index lane) const { return total_[lane]; }

 private:
  const double* labels_;
  const Chosen& chosen_;
  std::array<double, lanes> shift_;
  std::array<double, lanes> total_{};
};

}  // namespace

RobustRegressionShard::RobustRegressionShard(linalg::SparseRows rows, double row_weight, double lambda, double beta,
                                             std::shared_ptr<linalg::sparse::PairScratch> scratch)
    : RowShard(std::move(rows), row_weight, std::move(scratch)), lambda_(lambda), beta_(beta) {}

RobustRegressionShard::~RobustRegressionShard() = default;

// out_w holds sum_i e_i a_i
void RobustRegressionShard::finish(double weight, double share, double residuals, ConstView z, View out) const {
  const ConstView w = w_of(z);
  const ConstView r = r_of(z);
  const View out_w = w_of(out);
  const View out_r = r_of(out);
  const double mean_residual = weight * residuals;
  const double ridge = share * lambda_;
  const double penalty = share * beta_;
  for (Index j = 0; j < w.size(); ++j) {
    out_w[j] = weight * out_w[j] + mean_residual * r[j] + ridge * w[j];
    out_r[j] = penalty * r[j] - mean_residual * w[j];
  }
}

template <class Chosen>
void RobustRegressionShard::evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const {
  Residuals<Chosen, 1> residuals(rows(), chosen, {w_times_r(z)});
  linalg::sparse::sum_rows(rows(), chosen, w_of(z), w_of(out), residuals);
  finish(weight, share, residuals.total(0), z, out);
}

template <class Chosen>
void RobustRegressionShard::evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v,
                                          View out_u, View out_v) const {
  Residuals<Chosen, 2> residuals(rows(), chosen, {w_times_r(u), w_times_r(v)});
  linalg::sparse::sum_rows_pair(rows(), chosen, w_of(u), w_of(v), w_of(out_u), w_of(out_v), scratch(), residuals);
  finish(weight, share, residuals.total(0), u, out_u);
  finish(weight, share, residuals.total(1), v, out_v);
}

}  // namespace vireo::problems
