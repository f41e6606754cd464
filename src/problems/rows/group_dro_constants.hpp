#pragma once

#include <functional>

#include "problems/rows/group_dro_shard.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/constants.hpp"

namespace vireo::problems {

/// Constants of the group-dro operator on R^d x simplex, all bounded by theory. Collective.
///
/// The Jacobian of F is [P, C; -C', Q] with P = sum_g p_g grad^2 L_g + lambda I, C the matrix with columns grad L_g,
/// and Q = nu I. With A_g the rows of group g, the second derivative of the loss in [0, 1/4] and its first in [-1, 0],
/// and p in the simplex,
///
///     ||P|| <= p = max_g lambda_max(A_g'A_g) / (4 n_g) + lambda,
///     ||grad L_g|| <= c_g = min( (1/n_g) sum_{i in g} ||a_i||,  sqrt(lambda_max(A_g'A_g) / n_g) ),
///     ||C|| <= c = sqrt(sum_g c_g^2),    ||Q|| = nu.
///
/// The norm of the Jacobian is at most that of the matrix of the norms, [p, c; c, nu], and as the set is convex this
/// bounds L. For worker m the same holds with its rows of group g and M/n_g in place of 1/n_g, for one component with
/// the one row and n/n_g. (J + J')/2 = blockdiag(P, Q) gives mu = min(lambda, nu), and L^2/mu bounds the cocoercivity
/// constants.
///
/// shard_of: of the workers of this rank
[[nodiscard]] Constants group_dro_constants(Exchange& exchange, const GroupDroTerms& terms, Index rows,
                                            const std::function<const GroupDroShard&(Index worker)>& shard_of);

}  // namespace vireo::problems
