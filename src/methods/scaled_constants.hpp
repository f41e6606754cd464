#pragma once

#include <algorithm>
#include <cmath>

#include "core/scaled_norm.hpp"

namespace vireo::methods {

/// f(constants...), where f is homogeneous, f(s x) = s f(x), and squares the constants: these are scaled by a power of
/// 2 first where their squares would overflow or vanish.
template <class Function, class... Reals>
[[nodiscard]] double with_scaled(const Function& f, Reals... constants) {
  const double largest = std::max({std::abs(constants)...});
  if (!(largest > 0) || !std::isfinite(largest) || kernels::safe_square(largest * largest)) return f(constants...);
  const double scale = kernels::scale_of(largest);
  return f(scale * constants...) / scale;
}

}  // namespace vireo::methods
