#pragma once

#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::test {

/// d random numbers, others for every m
inline Vector message(Index m, Index d) {
  Vector x(d);
  random::normals({.seed = 3, .purpose = random::Purpose::problem, .worker = m}, 0, x);
  return x;
}

}  // namespace vireo::test
