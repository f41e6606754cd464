#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>

#include "linalg/sparse_rows.hpp"
#include "vireo/core/vector.hpp"

/// One pass over sparse rows for sums of the form
///
///     sum += sum_i c_i(a_i'z) a_i,
///
/// for one z or for two at once. Rows are taken in blocks: all products a_i'z of a block, all coefficients (vector
/// code), then all additions, while the block is still in cache. For each z the operations and their order are the same
/// in all forms, hence also the bits.
namespace vireo::linalg::sparse {

/// Two numbers that are worked on as one
using Pair = double __attribute__((vector_size(16)));

/// One z and its sum
struct One {
  using Number = double;
  const double* z;
  double* sum;
  [[nodiscard]] double read(std::uint32_t column) const { return z[column]; }
  void add(std::uint32_t column, double x) const { sum[column] += x; }
};

/// u and v and their sums, interleaved: one load and one store serve both. Costs O(d) to set up, hence for many
/// entries.
struct Interleaved {
  using Number = Pair;
  const double* z;
  double* sum;
  [[nodiscard]] Pair read(std::uint32_t column) const {
    Pair x;
    std::memcpy(&x, z + 2 * std::size_t{column}, sizeof x);
    return x;
  }
  void add(std::uint32_t column, Pair x) const {
    double* const place = sum + 2 * std::size_t{column};
    Pair total;
    std::memcpy(&total, place, sizeof total);
    total += x;
    std::memcpy(place, &total, sizeof total);
  }
};

/// u and v and their sums where they are: for few entries in high dimension, such as a batch.
struct Separate {
  using Number = Pair;
  const double* u;
  const double* v;
  double* sum_u;
  double* sum_v;
  [[nodiscard]] Pair read(std::uint32_t column) const { return Pair{u[column], v[column]}; }
  void add(std::uint32_t column, Pair x) const {
    sum_u[column] += x[0];
    sum_v[column] += x[1];
  }
};

/// All rows of a shard, or those of a batch.
struct AllRows {
  Index count;
  [[nodiscard]] Index operator[](Index i) const { return i; }
  [[nodiscard]] Index size() const { return count; }
};
using Batch = std::span<const Index>;

/// rows in a block: their products and entries stay in the first-level cache
inline constexpr Index block_rows = 64;

template <class Access>
[[nodiscard]] inline typename Access::Number dot(const SparseRows& rows, Index row, Access access) {
  const std::uint32_t* const columns = rows.columns.data();
  const double* const values = rows.values.data();
  const std::uint64_t end = rows.start[row + 1];
  typename Access::Number sum{};
  for (std::uint64_t e = rows.start[row]; e < end; ++e) sum += values[e] * access.read(columns[e]);
  return sum;
}

template <class Access>
inline void scatter(const SparseRows& rows, Index row, typename Access::Number coefficient, Access access) {
  const std::uint32_t* const columns = rows.columns.data();
  const double* const values = rows.values.data();
  const std::uint64_t end = rows.start[row + 1];
  for (std::uint64_t e = rows.start[row]; e < end; ++e) access.add(columns[e], values[e] * coefficient);
}

/// How many z are worked on at once: tells a coefficient function which form it is called for
template <Index lanes>
using Lanes = std::integral_constant<Index, lanes>;

/// sum += sum_i c_i a_i over the chosen rows, in their order.
///
/// coefficients(Lanes<lanes>, first, count, x) replaces x[lanes j + lane] = a_i'z, for the chosen rows i = chosen[first
/// + j], j < count, by the coefficient c_i of that row for the z of that lane
template <class Access, class Chosen, class Coefficients>
void accumulate(const SparseRows& rows, const Chosen& chosen, Access access, Coefficients&& coefficients) {
  using Number = typename Access::Number;
  constexpr Index lanes = sizeof(Number) / sizeof(double);
  alignas(64) double x[lanes * block_rows];
  for (Index first = 0; first < chosen.size(); first += block_rows) {
    const Index count = std::min(block_rows, chosen.size() - first);
    for (Index j = 0; j < count; ++j) {
      const Number product = dot(rows, chosen[first + j], access);
      std::memcpy(x + lanes * j, &product, sizeof product);
    }
    coefficients(Lanes<lanes>{}, first, count, x);
    for (Index j = 0; j < count; ++j) {
      Number coefficient;
      std::memcpy(&coefficient, x + lanes * j, sizeof coefficient);
      scatter(rows, chosen[first + j], coefficient, access);
    }
  }
}

/// Storage of the interleaved form, shared by all shards of a rank: they work one after the other.
struct PairScratch {
  Vector z;
  Vector sum;
};

/// sum = sum_i c_i(a_i'z) a_i over the chosen rows
template <class Chosen, class Coefficients>
void sum_rows(const SparseRows& rows, const Chosen& chosen, ConstView z, View sum, Coefficients&& coefficients) {
  std::fill(sum.begin(), sum.end(), 0.0);
  accumulate(rows, chosen, One{z.data(), sum.data()}, coefficients);
}

/// The same at u and at v, in one pass; the bits are those of two calls of sum_rows.
template <class Chosen, class Coefficients>
void sum_rows_pair(const SparseRows& rows, const Chosen& chosen, ConstView u, ConstView v, View sum_u, View sum_v,
                   PairScratch& scratch, Coefficients&& coefficients) {
  // interleaving d numbers costs about as much as it saves on 8 d entries
  const Index d = u.size();
  const double entries_per_row =
      static_cast<double>(rows.nonzeros()) / static_cast<double>(std::max<Index>(1, rows.rows()));
  if (entries_per_row * static_cast<double>(chosen.size()) < 8 * static_cast<double>(d)) {
    std::fill(sum_u.begin(), sum_u.end(), 0.0);
    std::fill(sum_v.begin(), sum_v.end(), 0.0);
    accumulate(rows, chosen, Separate{u.data(), v.data(), sum_u.data(), sum_v.data()}, coefficients);
    return;
  }
  scratch.z.resize(2 * d);
  for (Index j = 0; j < d; ++j) {
    scratch.z[2 * j] = u[j];
    scratch.z[2 * j + 1] = v[j];
  }
  scratch.sum.assign(2 * d, 0.0);
  accumulate(rows, chosen, Interleaved{scratch.z.data(), scratch.sum.data()}, coefficients);
  for (Index j = 0; j < d; ++j) {
    sum_u[j] = scratch.sum[2 * j];
    sum_v[j] = scratch.sum[2 * j + 1];
  }
}

}  // namespace vireo::linalg::sparse
