#include "linalg/sparse_rows_gram.hpp"

#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::linalg::sparse {

void scaled_row_sum(const SparseRows& rows, double scale, View out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (Index e = 0; e < rows.nonzeros(); ++e) out[rows.columns[e]] += rows.values[e];
  kernels::scale(scale, out);
}

void apply_gram(const SparseRows& rows, double scale, ConstView v, View out) {
  sum_rows(rows, AllRows{rows.rows()}, v, out, [](Lanes<1>, Index, Index, double*) {});
  kernels::scale(scale, out);
}

void apply_weighted_gram(const SparseRows& rows, double scale, ConstView weights, ConstView v, View out) {
  sum_rows(rows, AllRows{rows.rows()}, v, out, [&](Lanes<1>, Index first, Index count, double* x) {
    for (Index j = 0; j < count; ++j) x[j] *= weights[first + j];
  });
  kernels::scale(scale, out);
}

Vector squared_row_norms(const SparseRows& rows) {
  Vector norms(rows.rows(), 0.0);
  for (Index i = 0; i < rows.rows(); ++i)
    for (auto e = rows.start[i]; e < rows.start[i + 1]; ++e) norms[i] += rows.values[e] * rows.values[e];
  return norms;
}

}  // namespace vireo::linalg::sparse
