#pragma once

#include <optional>

#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// Two points that show that F is not monotone.
struct NotMonotone {
  double curvature = 0;  ///< <F(u)-F(v), u-v> / ||u-v||^2 < 0
  double distance = 0;   ///< ||u-v||
  Vector u;
};

/// What pairs of points say of F.
struct Estimate {
  double L = 0;                               ///< the largest ||F(u)-F(v)|| / ||u-v||
  double L_tilde = 0;                         ///< the largest root mean square of the same for the F_m
  std::optional<NotMonotone> not_monotone{};  ///< the pair of the smallest curvature, if it is negative
};

/// Collective: evaluates F at pairs of points of the domain of g, some random ones, each followed by steps that turn
/// u - v towards the direction that F stretches most. Costs 2 evaluations of F for each of up to 32 pairs.
[[nodiscard]] Estimate estimate_constants(const Problem& problem, Exchange& exchange, const Regularizer& g,
                                          ConstView z0);

}  // namespace vireo::problems
