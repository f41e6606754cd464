#pragma once

#include "core/wide.hpp"
#include "linalg/reflections.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::problems {

/// A random orthogonal matrix, as the product of d Householder reflections: a function of the seed.
class Rotation {
 public:
  Rotation(Index dimension, std::uint64_t seed) : d_(dimension), Q_(dimension * dimension, 0.0) {
    for (Index i = 0; i < d_; ++i) Q_[i * d_ + i] = 1;
    for (Index r = 0; r < d_; ++r) {
      const Vector w = linalg::random_direction({seed, random::Purpose::problem, r, 10}, d_);
      for (Index i = 0; i < d_; ++i) linalg::reflect(View(Q_).subspan(i * d_, d_), w);
    }
  }

  /// rows of `out` (as in Points) = Q (x - shift)
  void apply(const Points& points, double shift, Vector& out) const {
    out.resize(Points::most * d_);
    for (Index i = 0; i < d_; ++i)
      for (Index p = 0; p < points.size(); p += wide) {
        Wide sum{};
        for (Index j = 0; j < d_; ++j) sum += Q_[i * d_ + j] * (load_wide(points.coordinate(j).data() + p) - shift);
        store_wide(out.data() + i * Points::most + p, sum);
      }
  }

 private:
  Index d_;
  Vector Q_;  ///< row by row
};

}  // namespace vireo::problems
