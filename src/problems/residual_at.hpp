#pragma once

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo::problems {

/// F = F(z), with all components and uncompressed. Collective; the evaluations are booked to the ledger of the
/// exchange. throws NotFinite, on all ranks alike, if F(z) is not finite
void evaluate_operator(const Problem& problem, Exchange& exchange, ConstView z, View F);

/// The residual at z: natural_residual with F = F(z) as above; of an objective objective_residual, and F stays as it
/// is. Collective, booked and throws as above.
[[nodiscard]] double residual_at(const AnyProblem& problem, Exchange& exchange, const Regularizer& g, ConstView z,
                                 View F);

/// The same where F is not asked for
[[nodiscard]] double residual_at(const AnyProblem& problem, Exchange& exchange, const Regularizer& g, ConstView z);

}  // namespace vireo::problems
