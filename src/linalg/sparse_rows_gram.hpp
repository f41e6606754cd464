#pragma once

#include "linalg/sparse_rows.hpp"
#include "vireo/core/vector.hpp"

/// What constants of problems on sparse rows a_i are made of.
namespace vireo::linalg::sparse {

/// out = scale sum_i a_i
void scaled_row_sum(const SparseRows& rows, double scale, View out);

/// out = scale sum_i a_i (a_i'v)
void apply_gram(const SparseRows& rows, double scale, ConstView v, View out);

/// out = scale sum_i weights_i a_i (a_i'v)
void apply_weighted_gram(const SparseRows& rows, double scale, ConstView weights, ConstView v, View out);

/// ||a_i||^2 of every row
[[nodiscard]] Vector squared_row_norms(const SparseRows& rows);

}  // namespace vireo::linalg::sparse
