#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "vireo/core/vector.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo {

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

/// One number of every worker, in worker order, on all ranks. Collective; value_of is called for this rank's workers.
[[nodiscard]] std::vector<double> share_worker_values(const Exchange& exchange,
                                                      const std::function<double(Index worker)>& value_of);

/// sqrt((1/M) sum_m values_m^2)
[[nodiscard]] double root_mean_square(const std::vector<double>& values);

}  // namespace vireo
