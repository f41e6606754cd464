#include "methods/similar_workers.hpp"

#include <algorithm>
#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo::methods {

Parameter delta_parameter(const std::string& what) {
  return Parameter::real("delta", "", what + "; computed for affine problems if not given", 0, 1e300);
}

bool needs_similarity(const Parameters& parameters) {
  return !parameters.has("delta") && parameters.step("step").value == 0;
}

Similarity require_similarity(const Constants& constants, const std::string& method) {
  if (!constants.similarity || !constants.similarity_first)
    throw UsageError(method +
                     ": how alike the workers are is computed for affine problems "
                     "only, and step=auto needs it: give --method " +
                     method + ":delta=... or step=...");
  return {.to_mean = constants.similarity->value, .first = constants.similarity_first->value};
}

double finite_step(double a, double b, const std::string& method) {
  const double step = std::min(a, b);
  if (std::isfinite(step)) return step;
  throw UsageError(method + ": the workers do not differ (delta = 0), no step follows: give --method " + method +
                   ":step=...");
}

double refresh_probability(const CompressorTheory& uplink, Index workers) {
  const bool partition = uplink.draws == CompressorTheory::Draws::partition;
  return std::min(0.5, partition ? 1 / static_cast<double>(workers) : uplink.density);
}

}  // namespace vireo::methods
