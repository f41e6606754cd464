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
  double L_ms = 0;                            ///< the largest root mean square over m of ||F_m(u)-F_m(v)|| / ||u-v||
  double margin = 1;                          ///< by which L and L_ms should be multiplied, see below
  std::optional<NotMonotone> not_monotone{};  ///< the pair of the smallest curvature, if it is negative
};

/// Names what is below, for files: constants that were estimated in another way are not found again.
constexpr const char* estimate_rule = "combined pairs, with a margin";

/// Collective: F at pairs of near points u and v of the domain of g, at most 140 evaluations of F.
///
/// From z0, up to 20 directions v - u that are orthogonal to each other: in turn what F made of the last one, and random
/// ones. J alone is at hand, not J', and a power iteration with J overlooks what a J that is not normal stretches most.
/// So the differences s_i and y_i = F(u + s_i) - F(u) of all pairs are put together: c with the largest ||sum c_i y_i|| /
/// ||sum c_i s_i|| gives the direction that is looked along next. The same for the y of the workers together. For affine F
/// of up to 60 dimensions the s_i span all directions, and the result is exact to rounding. Where F is steeper elsewhere:
/// two pairs at each of 16 random places, from 0.1 to 1 times max(|z0|, sqrt(d)) away; where the steepest pair
/// was, and in the middle of random points, as at z0. (Of M workers' differences at most 2^22 / ((M + 2) d) are kept.)
///
/// All are lower bounds of what they stand for. The margin is what was measured on 504 random monotone problems (d = 2 to
/// 60, M = 1 to 8, without g, in a box or with z >= 0), against the largest J at 40 points as near to z0 as those above;
/// tests/problems/estimate_constants_test.cpp with VIREO_ESTIMATES=504 makes the table, the last two lines with
/// VIREO_DIMENSION=150 and 70 problems:
///
///     estimate / truth           |  least  |  5 %    |  median  |  covered with margin 1.01 |  1.2  |  1.3  |  1.5
///     affine (not normal too): L |  0.9998 |  1.0000 |  1.0000  |                     100 % |       |       |
///                        L_ms    |  0.9999 |  1.0000 |  1.0000  |                     100 % |       |       |
///     not affine: L              |  0.29   |  0.82   |  0.98    |                      41 % |  92 % |  98 % |  99.5 %
///                        L_ms    |  0.29   |  0.82   |  0.98    |                      42 % |  93 % |  98 % |  99.5 %
///     affine, d = 150: L, L_ms   |  0.72   |  0.72   |  0.89    |                           |  80 % |  93 % |  100 %
///     not affine, d = 150        |  0.60   |  0.61   |  0.86    |                           |  57 % |  70 % |  87 %
///
/// It is 1.5 for d > 60, and 1.3 below, but 1.01 where F is affine by all that was seen: half way between places it was
/// the mean of F at both, to 1e-7 of L times the way. Where F is not monotone, and no theory asks for L, it is 1.
[[nodiscard]] Estimate estimate_constants(const Problem& problem, Exchange& exchange, const Regularizer& g,
                                          ConstView z0);

}  // namespace vireo::problems
