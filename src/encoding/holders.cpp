#include "vireo/compressors/compressor.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "vireo/core/kernels.hpp"

namespace vireo {

double largest_magnitude(ConstView x, Holders& holders) {
  // the bits of magnitudes are ordered like the magnitudes, NaN above infinity
  std::array largest{std::bit_cast<std::int64_t>(std::abs(kernels::max_abs(x)))};
  holders.combine(largest, std::array{Reduction::maximum});
  return std::bit_cast<double>(largest[0]);
}

namespace {

/// largest < 2^exponent_of(largest)
int exponent_of(double largest) {
  int exponent = 0;
  (void)std::frexp(largest, &exponent);
  return exponent;
}

/// sum_j (|x_j| 2^-exponent)^power: terms t in [0, 1) are cut into two integers of `bits` bits, of which `dimension`
/// can be added
double scaled_sum(ConstView x, int power, int exponent, Index dimension, Holders& holders) {
  const int bits = 62 - static_cast<int>(std::bit_width(dimension));
  const double unit = std::ldexp(1.0, bits);
  std::array<std::int64_t, 2> sums{};
  for (const double value : x) {
    double t = std::ldexp(std::abs(value), -exponent);
    if (power == 2) t *= t;
    const double high = std::floor(t * unit);
    sums[0] += static_cast<std::int64_t>(high);
    sums[1] += static_cast<std::int64_t>((t * unit - high) * unit);
  }
  holders.combine(sums, std::array{Reduction::sum, Reduction::sum});
  return (static_cast<double>(sums[0]) + static_cast<double>(sums[1]) / unit) / unit;
}

}  // namespace

double l1_norm(ConstView x, double largest, Index dimension, Holders& holders) {
  if (!std::isfinite(largest) || largest == 0) return largest;
  const int exponent = exponent_of(largest);
  return std::ldexp(scaled_sum(x, 1, exponent, dimension, holders), exponent);
}

double l2_norm(ConstView x, double largest, Index dimension, Holders& holders) {
  if (!std::isfinite(largest) || largest == 0) return largest;
  const int exponent = exponent_of(largest);
  return std::ldexp(std::sqrt(scaled_sum(x, 2, exponent, dimension, holders)), exponent);
}

}  // namespace vireo
