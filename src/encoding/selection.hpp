#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "vireo/compressors/compressor.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::encoding {

/// The k coordinates of largest magnitude, ties to the lowest coordinate, as a rule for each coordinate.
struct Selection {
  std::uint64_t threshold = 0;  ///< magnitudes with larger bits are in
  Index last_tie = 0;           ///< of those with equal bits, the coordinates below this one are in

  /// magnitudes are ordered like their bits
  [[nodiscard]] static std::uint64_t bits(double x) {
    return std::bit_cast<std::uint64_t>(x) & ~(std::uint64_t{1} << 63);
  }
  [[nodiscard]] bool takes(double x, Index coordinate) const {
    const auto magnitude = bits(x);
    return magnitude > threshold || (magnitude == threshold && coordinate < last_tie);
  }
};

/// Finds it exactly, by the bits of the magnitudes, 11 at a time from the top: each holder counts its own, and the
/// counts are added. Reads x once; later rounds look at the coordinates that are still open. 1 <= k <= d; held: the
/// coordinates of x.
[[nodiscard]] Selection select_largest(ConstView x, Range held, Index k, Holders& holders);

/// The same for one who holds it all, in one pass: a sample tells a magnitude that a few more than k coordinates are
/// likely to reach, those that do are collected, and the k-th largest is looked for among them. Returns the coordinates
/// in increasing order; empty if the sample was no good, or x too short for one.
[[nodiscard]] std::vector<Index> select_by_sample(ConstView x, Index k);

}  // namespace vireo::encoding
