#pragma once

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// Adds to the constants how alike the workers are, where the shards are affine: with J the mean of the J_m,
///     similarity = sqrt(lambda_max((1/M) sum_m (J_m - J)'(J_m - J))),      similarity_first = ||J_1 - J||_2
/// to a relative accuracy of 1e-5. Other problems: nothing is added. Collective; each step of an eigenvalue iteration
/// passes over all shards.
///
/// The mean square is what the theory of compressed and sampled differences needs: the noise of the mean of M
/// permuted messages, or of sampled workers, is made of (1/M) sum_m ||(F_m - F)(u) - (F_m - F)(v)||^2. It is at most
/// the largest ||J_m - J||^2, which is what papers state.
void determine_similarity(const Problem& problem, Exchange& exchange, Constants& constants);

}  // namespace vireo::problems
