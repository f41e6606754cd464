#pragma once

#include <vector>

#include "vireo/regularizers/regularizer.hpp"

namespace vireo::problems::checks {

/// Two points of the domain of g, which are not the same.
struct Pair {
  Vector u, v;
  double distance = 0;  ///< ||u-v||
};

/// z0, random points around it, and points near to these: all projected onto the domain of g.
struct Points {
  std::vector<Vector> all;
  std::vector<Pair> pairs;  ///< near and far
};
[[nodiscard]] Points draw_points(const Regularizer& g, ConstView z0);

/// "(1, 2, 3, 4, ...)"
[[nodiscard]] std::string text_of(ConstView z);
/// "1.235e-09"
[[nodiscard]] std::string text_of(double value);

}  // namespace vireo::problems::checks
