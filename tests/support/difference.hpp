#pragma once

#include <algorithm>
#include <cmath>

#include "vireo/core/vector.hpp"

namespace vireo::test {

/// max_j |a_j - b_j|
inline double largest_difference(ConstView a, ConstView b) {
  double largest = 0;
  for (Index j = 0; j < a.size(); ++j) largest = std::max(largest, std::abs(a[j] - b[j]));
  return largest;
}

}  // namespace vireo::test
