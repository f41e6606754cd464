#pragma once

#include <optional>

#include "problems/estimate_constants.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// What is found of a problem.
struct Determined {
  Constants constants;
  std::optional<NotMonotone> not_monotone{};  ///< where F was found not to be monotone, in estimating L
  bool constant = false;                      ///< true: F is constant, and constants that were 0 have become any others
};

/// The problem's constants, as well as they can be known. Collective.
///
/// What the problem itself knows stands. For affine shards the rest is computed: with J the mean of the J_m,
///     L = sqrt(lambda_max(J'J)),  L_tilde^2 = mean of the lambda_max(J_m'J_m),  mu = lambda_min((J + J')/2),
///     L_ms^2 = lambda_max(mean of the J_m'J_m),
///     L_component^2 = lambda_max(sum_i p_i E_i'E_i) with E_i = J_i / (n p_i),
///     cocoercivity = L^2/mu (bounded), or L if J is symmetric.
/// Elsewhere L_ms is at most L_tilde, and sqrt(W) L_component, W being M times the largest share that a worker has in F.
/// Where mu > 0, cocoercivity_component is at most L_component^2/mu (bounded); component_cocoercivity.hpp has it exactly.
/// For other operators L and L_tilde are estimated by finite differences around z0 and random points of the domain of
/// g, with a margin, and labelled as estimates (estimate_constants.hpp). L_tilde is then what is found of L_ms. Where the
/// differences show that F is not monotone, mu is the smallest curvature that they found, an estimate too.
[[nodiscard]] Determined determine_constants(const Problem& problem, Exchange& exchange, const Regularizer& regularizer,
                                             ConstView z0);

}  // namespace vireo::problems
