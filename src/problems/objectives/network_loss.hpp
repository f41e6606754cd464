#pragma once

#include "linalg/sparse_rows.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::problems {

/// A network with one layer of hidden units: o(a) = c + sum_k v_k tanh(b_k + <W_k, a>). Its weights are W row by row
/// (feature by feature: W_jk at j * hidden + k), then b, then v, then c.
struct NetworkShape {
  Index features = 0;
  Index hidden = 0;
  [[nodiscard]] Index weights() const { return (features + 2) * hidden + 1; }
};

/// out[p] = weight * sum over the rows of log(1 + exp(-y o(a))), with the weights of point p; 64 numbers, those beyond
/// the points are 0
void losses(const NetworkShape& shape, const linalg::SparseRows& rows, const Points& points, double weight, View out);

}  // namespace vireo::problems
