#pragma once

#include <cstdint>
#include <functional>

#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// out = S v for a symmetric S
using SymmetricOperator = std::function<void(ConstView v, View out)>;

/// Enclosure of the ends of the spectrum of a symmetric operator on R^d.
struct SpectralRange {
  double smallest = 0;  ///< at most the smallest eigenvalue, up to the tolerance
  double largest = 0;   ///< at least the largest eigenvalue, up to the tolerance
};

/// Lanczos iteration from a random vector, widened by its own error bounds |beta_k s_k| (Parlett, The Symmetric
/// Eigenvalue Problem, section 13). Stops when both bounds are below `tolerance` times the largest modulus, or after
/// `most_steps`. `stream` chooses the starting vector. Sums have a fixed order: equal operators give equal bits.
[[nodiscard]] SpectralRange spectral_range(Index dimension, const SymmetricOperator& apply, std::uint64_t stream,
                                           double tolerance = 1e-9, int most_steps = 1000);

/// As above, for the largest eigenvalue alone; `apply` positive semidefinite.
[[nodiscard]] double largest_eigenvalue(Index dimension, const SymmetricOperator& apply, std::uint64_t stream,
                                        double tolerance = 1e-9);

}  // namespace vireo::linalg
