#pragma once

#include <cmath>
#include <vector>

namespace vireo::test {

/// (chi-squared - degrees of freedom) / sqrt(2 degrees of freedom): about a standard normal number if the counts follow the
/// probabilities. Cells with less than 5 expected counts are pooled.
inline double chi_squared_score(const std::vector<double>& counts, const std::vector<double>& probabilities) {
  double total = 0;
  for (const double count : counts) total += count;
  double score = 0;
  double cells = 0;
  double pooled_count = 0;
  double pooled_expected = 0;
  const auto add = [&](double count, double expected) {
    score += (count - expected) * (count - expected) / expected;
    cells += 1;
  };
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * probabilities[i];
    if (expected >= 5) {
      add(counts[i], expected);
    } else {
      pooled_count += counts[i];
      pooled_expected += expected;
    }
  }
  if (pooled_expected >= 1) add(pooled_count, pooled_expected);
  return (score - (cells - 1)) / std::sqrt(2 * (cells - 1));
}

}  // namespace vireo::test
