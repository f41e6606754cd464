#pragma once

#include <vector>

#include "particles/swarm.hpp"
#include "vireo/core/state.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo::particles {

/// fn(point) on every point of some rows, which are rewritten
void for_points(double* rows, Index particles, Index dimension, const std::function<void(View point)>& change);

/// Brings points back into the domain of g: by prox_g, or by reflection 2 prox(x) - x and then prox. Null if g = 0.
[[nodiscard]] Swarm::Settle bring_back(const Regularizer& g, Index dimension, Bounds how);

/// The columns of the trace that a swarm fills; prefix: of their names
[[nodiscard]] std::vector<Measure> measures_of(const Swarm& swarm, const std::string& prefix = "");

}  // namespace vireo::particles
