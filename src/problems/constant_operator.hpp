#pragma once

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// True if the constants say that F does not change at all: L = 0.
[[nodiscard]] bool constant_operator(const Constants& constants);

/// Where F is constant, every number above 0 is a Lipschitz constant and a constant of cocoercivity of F, and theory
/// gives a step for each. Puts one in the place of L = 0 and its kin: L_tilde or L_component if the F_m or F_i are not
/// constant, else 1, which is the step of the natural residual.
void take_any_constants(Constants& constants);

/// Collective, for an F that is constant: true if 0 in F + dg(z) at some z, or nearly so at far points. Evaluates F at
/// z0, and the resolvent of F + dg at very long steps t, for which (z0 - J_t(z0)) / t tends to the smallest element of
/// the closure of the range of F + dg (Reich, "Extension problems for accretive sets in Banach spaces", 1977).
[[nodiscard]] bool constant_operator_has_solution(const Problem& problem, Exchange& exchange, const Regularizer& g,
                                                  ConstView z0);

}  // namespace vireo::problems
