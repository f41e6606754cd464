#pragma once

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// Dimension up to which S and G below are formed, in one pass over the components for each coordinate
constexpr Index dense_pencil = 1000;

/// Puts the exact value of `cocoercivity_component` in the place of a bound, or of nothing, where the shards are affine.
/// Collective; the same bits on all ranks. With S = (J + J')/2 and G = sum_i p_i E_i'E_i it is the least ell with
///
///     G <= ell S,      ell = max v'Gv / v'Sv over the v with Sv != 0:
///
/// the largest eigenvalue of the pencil (G, S). It is there if and only if S is positive semidefinite and G v = 0 wherever
/// S v = 0. Proof: v'Gv <= ell v'Sv for all v shows both, as G is positive semidefinite. The other way round, write v = r
/// + n with Sn = 0 and r orthogonal to the null space of S. Then Gn = 0, so v'Gv = r'Gr <= ell r'Sr = ell v'Sv with the
/// maximum over the r, where S is positive definite.
///
/// d <= dense_up_to: by the eigenvectors of S, computed with an error of about e = 16 d 2^-52 lambda_max(S). Eigenvalues
/// of at most e are those of the null space, and those of at least 1e5 e are not; with any in between nothing is said.
/// Eigenvectors of the null space are off by the angle e / lambda, lambda the least of the others, so u'Gu <= ||G|| (16 d
/// 2^-52 + (e / lambda)^2) is 0 to rounding. The result is raised by its relative error e / lambda, at most 1e-5.
///
/// Larger d, and lambda_min(S) > 0: ell is the root of the concave function g(t) = lambda_min(tS - G), which Lanczos
/// encloses. G <= tS + a I <= (t + a / lambda_min(S)) S wherever g(t) >= -a, so that each t gives an upper bound. They are
/// narrowed until t and its bound agree to 1e-5. Where they do not, the constant is left as it was.
///
/// Nothing is done for other problems, and where the problem gives the constant as computed.
void determine_component_cocoercivity(const Problem& problem, Exchange& exchange, Constants& constants,
                                      Index dense_up_to = dense_pencil);

}  // namespace vireo::problems
