// Pins the shard of a generalised linear model: with a loss of one's own, the mean, a batch, and both at two points are
// the sums that the definition gives, whether the rows are sparse or full.
#include <gtest/gtest.h>

#include <algorithm>

#include "problems/rows/linear_model_shard.hpp"
#include "support/difference.hpp"

namespace vireo {
namespace {

constexpr double row_weight = 0.3;
constexpr double lambda = 0.7;

/// l(t, y) = max(0, 1 - y t)^2 / 2
struct SquaredHinge {
  static void differentiate(ConstView y, View t) {
    for (Index j = 0; j < t.size(); ++j) t[j] = -y[j] * std::max(0.0, 1 - y[j] * t[j]);
  }
};
using HingeShard = problems::LinearModelShard<SquaredHinge>;

double entry(Index i, Index j) { return static_cast<double>((7 * i + 3 * j) % 11) / 5 - 1; }
double label(Index i) { return i % 3 == 0 ? 1.0 : -1.0; }
/// row i has entries in the columns i, i + 1, ... modulo d
Index column(Index i, Index e, Index d) { return (i + e) % d; }

linalg::SparseRows make_rows(Index count, Index d, Index entries) {
  linalg::SparseRows rows;
  for (Index i = 0; i < count; ++i) {
    for (Index e = 0; e < entries; ++e) {
      rows.columns.push_back(static_cast<std::uint32_t>(column(i, e, d)));
      rows.values.push_back(entry(i, e));
    }
    rows.start.push_back(rows.values.size());
    rows.labels.push_back(label(i));
  }
  return rows;
}

/// weight sum_i l'(a_i'z, y_i) a_i + share lambda z
Vector by_definition(const std::vector<Index>& chosen, Index entries, double weight, double share, const Vector& z) {
  Vector out(z.size());
  for (Index j = 0; j < z.size(); ++j) out[j] = share * lambda * z[j];
  for (const Index i : chosen) {
    double t = 0;
    for (Index e = 0; e < entries; ++e) t += entry(i, e) * z[column(i, e, z.size())];
    const double slope = -label(i) * std::max(0.0, 1 - label(i) * t);
    for (Index e = 0; e < entries; ++e) out[column(i, e, z.size())] += weight * slope * entry(i, e);
  }
  return out;
}

void expect_the_four_sums(Index count, Index d, Index entries) {
  SCOPED_TRACE(std::to_string(entries) + " entries of " + std::to_string(d));
  const HingeShard shard(make_rows(count, d, entries), row_weight, lambda,
                         std::make_shared<linalg::sparse::PairScratch>());
  EXPECT_EQ(shard.components(), count);
  std::vector<Index> all(count);
  for (Index i = 0; i < count; ++i) all[i] = i;
  const std::vector<Index> batch{5, 0, 5, count - 1};
  Vector u(d), v(d), at_u(d), at_v(d), both_u(d), both_v(d);
  for (Index j = 0; j < d; ++j) {
    u[j] = entry(j, 1) / 4;
    v[j] = entry(2, j);
  }

  const double share = row_weight * static_cast<double>(count);
  shard.mean(u, at_u);
  shard.mean(v, at_v);
  shard.mean_pair(u, v, both_u, both_v);
  EXPECT_LE(test::largest_difference(at_u, by_definition(all, entries, row_weight, share, u)), 1e-12);
  EXPECT_EQ(both_u, at_u);
  EXPECT_EQ(both_v, at_v);

  shard.batch_mean(batch, u, at_u);
  shard.batch_mean(batch, v, at_v);
  shard.batch_mean_pair(batch, u, v, both_u, both_v);
  EXPECT_LE(test::largest_difference(at_u, by_definition(batch, entries, 0.25, 1, u)), 1e-12);
  EXPECT_EQ(both_u, at_u);
  EXPECT_EQ(both_v, at_v);
}

TEST(LinearModel, FourSumsOfALossOfOnesOwn) {
  expect_the_four_sums(150, 12, 12);
  expect_the_four_sums(150, 400, 3);
  expect_the_four_sums(7, 3, 1);
}

}  // namespace
}  // namespace vireo
