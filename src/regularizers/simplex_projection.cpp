#include "regularizers/simplex_projection.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "vireo/core/kernels.hpp"

namespace vireo::regularizers {
namespace {

/// Passes after which what is left is sorted: more are rare, and few coordinates are left then.
constexpr int michelot_passes = 8;

/// Relative rounding error of a sum of nonnegative numbers that is nothing to correct.
constexpr double sum_rounding = 1e-14;

/// theta of a set A whose coordinates are `active`
double threshold(double total, ConstView active) {
  return (kernels::sum(active) - total) / static_cast<double>(active.size());
}

/// Sorts, and keeps the largest coordinates as long as each lies above the threshold of those up to itself.
void keep_sorted_prefix(double total, Vector& active) {
  std::sort(active.begin(), active.end(), std::greater<>());
  double prefix_sum = 0;
  Index kept = 1;
  for (Index k = 0; k < active.size(); ++k) {
    prefix_sum += active[k];
    if (active[k] < (prefix_sum - total) / static_cast<double>(k + 1)) break;
    kept = k + 1;
  }
  active.resize(kept);
}

/// Leaves in `active` the coordinates in A (and possibly some equal to theta, which change nothing). The largest
/// coordinate is 0.
void find_active(double total, Vector& active) {
  for (int pass = 0; pass < michelot_passes; ++pass) {
    const double theta = threshold(total, active);  // at most 0 = max, so the largest always stays
    const auto before = active.size();
    std::erase_if(active, [theta](double value) { return value < theta; });
    if (active.size() == before) return;
  }
  keep_sorted_prefix(total, active);
}

}  // namespace

void project_onto_simplex(double total, View z) {
  if (z.empty()) return;
  double largest = z[0];
  bool nan = false;
  for (const double value : z) {
    nan |= std::isnan(value);
    largest = std::max(largest, value);
  }
  if (nan || !std::isfinite(largest)) {
    std::fill(z.begin(), z.end(), std::numeric_limits<double>::quiet_NaN());
    return;
  }

  if (total > 0x1p900) {  // sums of up to n numbers of that size could overflow
    for (double& value : z) value *= 0x1p-200;
    project_onto_simplex(total * 0x1p-200, z);
    for (double& value : z) value *= 0x1p200;
    return;
  }

  // The projection of z + c (1, ..., 1) is that of z. With the largest coordinate moved to 0 the active ones lie in
  // [-total, 0], moved there without error if z is large: the result is exact at the scale of total, not of z.
  Vector active;
  for (double& value : z) {
    value -= largest;
    if (value >= -total) active.push_back(value);
  }
  find_active(total, active);
  const double theta = threshold(total, active);
  for (double& value : z) value = std::max(value - theta, 0.0);

  // theta's own rounding error enters the sum |A| times. What is missing to total beyond the rounding of this sum
  // itself is dealt out once.
  const double missing = total - kernels::sum(z);
  if (std::abs(missing) <= sum_rounding * total) return;
  const double correction = missing / static_cast<double>(active.size());
  for (double& value : z)
    if (value > 0) value = std::max(value + correction, 0.0);
}

}  // namespace vireo::regularizers
