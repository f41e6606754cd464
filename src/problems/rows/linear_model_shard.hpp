#pragma once

#include "problems/rows/row_shard.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {

/// A generalised linear model: rows a_i with labels y_i, and a loss l(t, y) of t = a_i'z,
///
///     F_i(z) = l'(a_i'z, y_i) a_i + lambda z,    l' the derivative of l by t.
///
/// `Loss` has a function differentiate(ConstView y, View t) that replaces each t_j by l'(t_j, y_j).
template <class Loss, class Base = Shard>
class LinearModelShard : public RowShard<LinearModelShard<Loss, Base>, Base> {
 public:
  /// row_weight: M/n
  LinearModelShard(linalg::SparseRows rows, double row_weight, double lambda,
                   std::shared_ptr<linalg::sparse::PairScratch> scratch)
      : Rows(std::move(rows), row_weight, std::move(scratch)), lambda_(lambda) {}

  /// lambda, the weight of ||z||^2 / 2
  [[nodiscard]] double ridge() const { return lambda_; }

 private:
  using Rows = RowShard<LinearModelShard<Loss, Base>, Base>;
  friend Rows;

  template <class Chosen>
  void evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const {
    linalg::sparse::sum_rows(this->rows(), chosen, z, out, derivatives(chosen));
    kernels::combine(weight, out, lambda_ * share, z, out);
  }

  template <class Chosen>
  void evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v, View out_u,
                     View out_v) const {
    linalg::sparse::sum_rows_pair(this->rows(), chosen, u, v, out_u, out_v, this->scratch(), derivatives(chosen));
    kernels::combine(weight, out_u, lambda_ * share, u, out_u);
    kernels::combine(weight, out_v, lambda_ * share, v, out_v);
  }

  // t_i <- l'(t_i, y_i) for the rows of a block, in one call for all lanes
  template <class Chosen>
  [[nodiscard]] auto derivatives(const Chosen& chosen) const {
    return [labels = this->rows().labels.data(), &chosen]<Index lanes>(linalg::sparse::Lanes<lanes>, Index first,
                                                                       Index count, double* t) {
      alignas(64) double y[lanes * linalg::sparse::block_rows];
      for (Index j = 0; j < count; ++j)
        for (Index lane = 0; lane < lanes; ++lane) y[lanes * j + lane] = labels[chosen[first + j]];
      Loss::differentiate({y, lanes * count}, {t, lanes * count});
    };
  }

  double lambda_;
};

}  // namespace vireo::problems
