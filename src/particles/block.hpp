#pragma once

#include "core/wide.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::particles {

/// Particles are kept, moved and evaluated in blocks of 64, coordinate by coordinate: 64 doubles of coordinate 0, then
/// 64 of coordinate 1, and so on. A block of 20 coordinates fits the first cache, and its sums over particles are the
/// leaves of the tree of BlockReduction.
inline constexpr Index block_size = Points::most;

/// One number for each particle of a block
struct alignas(64) BlockValues {
  double at[block_size] = {};
  double& operator[](Index p) { return at[p]; }
  const double& operator[](Index p) const { return at[p]; }
};

/// particles, rounded up to whole vectors of eight
inline Index padded(Index particles) { return (particles + 7) / 8 * 8; }

/// fn(p) for every vector of numbers of the first `particles` of a block
template <class Action>
[[gnu::always_inline]] inline void for_vectors(Index particles, Action&& action) {
  const Index end = padded(particles);
  for (Index p = 0; p < end; p += wide) action(p);
}

}  // namespace vireo::particles
