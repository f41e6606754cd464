#pragma once

#include <algorithm>

#include "core/elementary.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::problems {

/// The coordinate j of the points from p on
[[gnu::always_inline]] inline Wide coordinate_wide(const Points& points, Index j, Index p) {
  return load_wide(points.coordinate(j).data() + p);
}

/// out[p] = f(p) for all points, where f(p) is the vector of the values at the points from p on
template <class Function>
void values_wide(const Points& points, View out, Function&& f) {
  const Index n = points.size();
  for (Index p = 0; p < n; p += wide) {
    const Wide values = f(p);
    if (p + wide <= n) {
      store_wide(out.data() + p, values);
    } else {
      double some[wide];
      store_wide(some, values);
      std::copy_n(some, n - p, out.data() + p);
    }
  }
}

}  // namespace vireo::problems
