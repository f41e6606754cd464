#pragma once

#include <memory>

#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// The rows that a worker owns. The four sums that a shard offers are one formula, over all rows or over a batch of
/// them, at one point or at two. `Derived`, the class that derives from this one, knows the formula. It has
///
///     template <class Chosen>
///     void evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const;
///
/// which sets out = weight * sum over the rows i = chosen[j] + share * the terms without data, and
///
///     template <class Chosen>
///     void evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v, View out_u,
///                        View out_v) const;
///
/// which does so at u and at v in one pass over the rows, with the same bits. If a .cpp file defines the two, it must
/// define the destructor of `Derived` as well: then the functions below are instantiated there alone.
///
/// Base: Shard or AffineShard
template <class Derived, class Base = Shard>
class RowShard : public Base {
 public:
  [[nodiscard]] Index components() const override { return rows_.rows(); }

  void mean(ConstView z, View out) const override { derived().evaluate(all(), row_weight_, share_, z, out); }
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override {
    derived().evaluate(batch, weight_in(batch), 1.0, z, out);
  }
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override {
    derived().evaluate_pair(all(), row_weight_, share_, u, v, out_u, out_v);
  }
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override {
    derived().evaluate_pair(batch, weight_in(batch), 1.0, u, v, out_u, out_v);
  }

  [[nodiscard]] const linalg::SparseRows& rows() const { return rows_; }
  /// M/n: the weight of a row in F_m
  [[nodiscard]] double row_weight() const { return row_weight_; }
  /// M n_m / n: the weight of the terms without data in F_m
  [[nodiscard]] double share() const { return share_; }

 protected:
  RowShard(linalg::SparseRows rows, double row_weight, std::shared_ptr<linalg::sparse::PairScratch> scratch)
      : rows_(std::move(rows)),
        row_weight_(row_weight),
        share_(row_weight * static_cast<double>(rows_.rows())),
        scratch_(std::move(scratch)) {}

  [[nodiscard]] linalg::sparse::PairScratch& scratch() const { return *scratch_; }

 private:
  [[nodiscard]] const Derived& derived() const { return static_cast<const Derived&>(*this); }
  [[nodiscard]] linalg::sparse::AllRows all() const { return {rows_.rows()}; }
  [[nodiscard]] static double weight_in(std::span<const Index> batch) { return 1 / static_cast<double>(batch.size()); }

  linalg::SparseRows rows_;
  double row_weight_;
  double share_;
  std::shared_ptr<linalg::sparse::PairScratch> scratch_;
};

}  // namespace vireo::problems
