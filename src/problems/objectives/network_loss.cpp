#include "problems/objectives/network_loss.hpp"

#include <algorithm>

#include "core/elementary.hpp"

namespace vireo::problems {
namespace {

/// 1 - 2 / (1 + exp(2 x)): accurate to rounding of 1, which is what a sum of several needs
[[gnu::always_inline]] inline Wide hyperbolic_tangent(Wide x) { return 1.0 - 2.0 / (1.0 + elementary::exp(2.0 * x)); }

/// log(1 + exp(-t)) = max(-t, 0) + log(1 + exp(-|t|))
[[gnu::always_inline]] inline Wide logistic_loss(Wide t) {
  return larger(-t, Wide{}) + elementary::log(1.0 + elementary::exp(-absolute(t)));
}

}  // namespace

void losses(const NetworkShape& shape, const linalg::SparseRows& rows, const Points& points, double weight, View out) {
  constexpr Index stride = Points::most;
  const Index h = shape.hidden;
  const Index n = points.size();
  const auto row_of = [&](Index j) { return points.coordinate(j).data(); };
  const Index first_b = shape.features * h, first_v = first_b + h, c = first_v + h;
  Vector sum(h * stride);  // of a row: the hidden units' arguments, for every point
  std::ranges::fill(out, 0.0);
  for (Index i = 0; i < rows.rows(); ++i) {
    for (Index k = 0; k < h; ++k) std::copy_n(row_of(first_b + k), n, sum.data() + k * stride);
    for (auto e = rows.start[i]; e < rows.start[i + 1]; ++e) {
      const double a = rows.values[e];
      for (Index k = 0; k < h; ++k) {
        const double* W = row_of(Index{rows.columns[e]} * h + k);
        double* to = sum.data() + k * stride;
        for (Index p = 0; p < n; ++p) to[p] += a * W[p];
      }
    }
    for (Index p = 0; p < n; p += wide) {
      Wide o = load_wide(row_of(c) + p);
      for (Index k = 0; k < h; ++k)
        o += load_wide(row_of(first_v + k) + p) * hyperbolic_tangent(load_wide(sum.data() + k * stride + p));
      store_wide(out.data() + p, load_wide(out.data() + p) + logistic_loss(rows.labels[i] * o));
    }
  }
  for (Index p = 0; p < out.size(); ++p) out[p] = p < n ? weight * out[p] : 0.0;
}

}  // namespace vireo::problems
