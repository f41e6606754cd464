#pragma once

#include "vireo/core/vector.hpp"

namespace vireo::regularizers {

/// z <- argmin ||u - z|| over {u >= 0, sum_j u_j = total}, in place.
///
///     u_j = max(z_j - theta, 0),   theta = (sum_{j in A} z_j - total) / |A|,   A = {j : z_j > theta}
///
/// Michelot's passes shrink A until it stands still: A few passes over few coordinates as a rule. Inputs made to need
/// many are sorted instead (Held, Wolfe, Crowder), so that the worst case is O(n log n). Exact up to rounding at the
/// scale of total, however large the z_j are. Any NaN, an infinity or only -infinities: every coordinate becomes NaN. n
/// = 0: nothing. Source: Michelot, "A finite algorithm for finding the projection of a point onto the canonical simplex
/// of R^n", JOTA 50, 1986; Held, Wolfe, Crowder, "Validation of subgradient optimization", Math. Programming 6, 1974;
/// Condat, "Fast projection onto the simplex and the l1 ball", Math. Programming 158, 2016 (the survey).
void project_onto_simplex(double total, View z);

}  // namespace vireo::regularizers
