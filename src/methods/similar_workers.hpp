#pragma once

#include <optional>
#include <string>

#include "methods/theory.hpp"

namespace vireo::methods {

/// The parameter `delta`, by which a user gives how alike the workers are; `what` says which delta.
[[nodiscard]] Parameter delta_parameter(const std::string& what);

/// Whether the constants of similarity must be found: neither delta nor the step itself is given.
[[nodiscard]] bool needs_similarity(const Parameters& parameters);

/// similarity and similarity_first; throws UsageError that names delta= and step= if they are not known
struct Similarity {
  double to_mean = 0;
  double first = 0;
};
[[nodiscard]] Similarity require_similarity(const Constants& constants, const std::string& method);

/// The automatic step min(a, b), where infinity stands for "no bound". throws UsageError if there is no bound at all:
/// equal workers
[[nodiscard]] double finite_step(double a, double b, const std::string& method);

/// The automatic probability of a refresh: 1/M for partitions, else the compressed share; at most 1/2
[[nodiscard]] double refresh_probability(const CompressorTheory& uplink, Index workers);
/// The same in words
inline constexpr const char* automatic_refresh = "1/M with permk, else the compressed share; at most 1/2";

}  // namespace vireo::methods
