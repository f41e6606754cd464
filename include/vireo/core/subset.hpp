#pragma once

#include <cstdint>
#include <vector>

#include "vireo/core/random.hpp"

namespace vireo::random {

/// A coordinate counted from the start of a segment.
using Offset = std::uint32_t;
/// No segment is longer: it and what lies just behind it have different offsets.
inline constexpr Index longest_segment = (Index{1} << 32) - (Index{1} << 16);

/// A uniformly random subset of {0, ..., d-1} with exactly k elements, drawn so that the part inside any
/// range can be found without drawing the rest.
///
/// Divide and conquer over the dyadic partition of the coordinates: how many of a node's elements lie in
/// its left half is hypergeometric, drawn from the node's own substream; small nodes are drawn directly
/// (Sanders, Lamm, Huebschle-Schneider, Schrade, Dachsbacher, "Efficient parallel random sampling --
/// vectorized, cache-efficient, and online", ACM TOMS 44, 2018, section 3). The subset is a function of
/// (key, d, k) alone. Finding the part in a range costs O(its size + log d).
class Subset {
 public:
  /// requires k <= d < 2^63
  Subset(const Key& key, Index dimension, Index size);

  /// d
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// k
  [[nodiscard]] Index size() const { return size_; }

  /// Appends (element - begin) for the elements in [begin, end), in increasing order; end - begin <= longest_segment.
  void append_range(Index begin, Index end, std::vector<Offset>& out) const;

 private:
  Key key_;
  Index dimension_;
  Index size_;
};

/// How many of `draws` items, drawn without replacement from `good + bad`, are good: exact up to the
/// rounding of the probabilities (inversion from the mode, O(standard deviation)).
[[nodiscard]] std::uint64_t hypergeometric(double uniform, std::uint64_t good, std::uint64_t bad, std::uint64_t draws);

}  // namespace vireo::random
