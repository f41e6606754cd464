#pragma once

#include <limits>

#include "vireo/core/vector.hpp"

namespace vireo::kernels {

/// True if the root of a sum of squares is good as it is: the sum has not overflowed, and is so large that no square of
/// weight has vanished. NaN is good: it stays NaN.
[[nodiscard]] inline bool safe_square(double sum) {
  return !(sum < 1e-280) && !(sum > std::numeric_limits<double>::max());
}

/// A power of 2 that takes `largest` > 0, which is finite, near 1. It is a normal number, and so is its inverse.
[[nodiscard]] double scale_of(double largest);

/// ||x|| for numbers whose squares may overflow or vanish: they are scaled by a power of 2, which rounds nothing that
/// has weight, and summed in the order of all kernels. Infinite where a number is infinite, NaN where one is NaN.
[[nodiscard]] double scaled_norm(ConstView x);

/// ||x - y||, likewise
[[nodiscard]] double scaled_distance(ConstView x, ConstView y);

}  // namespace vireo::kernels
