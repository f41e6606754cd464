#pragma once

#include "vireo/solve/solver.hpp"

namespace vireo::solving {

/// The problem's gap at z, given F = F(z); where z is outside the domain of g, that at prox_g(z), where F is evaluated.
/// NaN if the run has none. Collective, booked to the ledger of the exchange. throws NotFinite, on all ranks alike
[[nodiscard]] double gap_at(const Run& run, ConstView z, ConstView F);

}  // namespace vireo::solving
