#include "core/scaled_norm.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "vireo/core/kernels.hpp"

namespace vireo::kernels {
namespace {

/// sqrt(sum_j scaled(j)^2) / factor, in the order of squared_norm
template <class Scaled>
double norm_of(Index size, double factor, const Scaled& scaled) {
  std::array<double, chunk> values{};
  double total = 0;
  for (Index begin = 0; begin < size; begin += chunk) {
    const Index count = std::min(chunk, size - begin);
    for (Index j = 0; j < count; ++j) values[j] = scaled(begin + j);
    total += squared_norm(ConstView(values).first(count));
  }
  return std::sqrt(total) / factor;
}

/// max_j |x_j - y_j|; a NaN anywhere gives NaN
double largest_difference(ConstView x, ConstView y) {
  double largest = 0;
  for (Index j = 0; j < x.size(); ++j) {
    const double difference = std::abs(x[j] - y[j]);
    if (std::isnan(difference)) return difference;
    largest = std::max(largest, difference);
  }
  return largest;
}

}  // namespace

double scale_of(double largest) { return std::ldexp(1.0, std::clamp(-std::ilogb(largest), -1022, 1022)); }

double scaled_norm(ConstView x) {
  const double largest = max_abs(x);
  if (!(largest > 0) || std::isinf(largest)) return largest;
  const double factor = scale_of(largest);
  return norm_of(x.size(), factor, [&](Index j) { return x[j] * factor; });
}

double scaled_distance(ConstView x, ConstView y) {
  const double largest = largest_difference(x, y);
  if (!(largest > 0)) return largest;
  if (std::isfinite(largest)) {
    const double factor = scale_of(largest);
    return norm_of(x.size(), factor, [&](Index j) { return (x[j] - y[j]) * factor; });
  }
  if (!all_finite(x) || !all_finite(y)) return largest;
  const double factor = 0x1p-1022;  // the numbers are finite, and their difference is not
  return norm_of(x.size(), factor, [&](Index j) { return x[j] * factor - y[j] * factor; });
}

}  // namespace vireo::kernels
