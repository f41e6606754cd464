#pragma once

#include <span>

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// To be called after each evaluation of a worker's shard at z, whose result F_z is: where the exchange looks for what
/// made its mean not finite, this finds whether it was the operator, and which of its components, if these are given one
/// by one (ComponentProblem). A z that is not finite itself is not the operator's fault.
void look_for_cause(const Problem& problem, const Exchange& exchange, Index worker, ConstView z, ConstView F_z);

/// The same of a batch of the worker's components, given by local numbers
void look_for_cause(const Problem& problem, const Exchange& exchange, Index worker, std::span<const Index> batch,
                    ConstView z, ConstView F_z);

}  // namespace vireo::problems
