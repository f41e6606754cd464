#pragma once

#include "linalg/coupling.hpp"
#include "vireo/core/random.hpp"

/// Householder reflections H = I - 2 w w', |w| = 1: random orthogonal matrices that cost O(d) to store and to apply.
namespace vireo::linalg {

/// A unit vector of uniform direction, a function of the key.
[[nodiscard]] Vector random_direction(const random::Key& key, Index dimension);

/// v <- H v
void reflect(View v, ConstView w);
/// A <- H A
void reflect_left(DenseCoupling& A, ConstView w);
/// A <- A H
void reflect_right(DenseCoupling& A, ConstView w);

}  // namespace vireo::linalg
