#pragma once

#include <cstdint>
#include <vector>

#include "vireo/core/random.hpp"

namespace vireo::random {

/// A coordinate counted from the start of a segment.
using Offset = std::uint32_t;
/// The largest length of a segment. It leaves room for offsets that lie just behind the segment.
inline constexpr Index longest_segment = (Index{1} << 32) - (Index{1} << 16);

/// A uniformly random subset of {0, ..., d-1} with exactly k elements, drawn so that the part inside any
/// range can be found without drawing the rest.
///
/// It is drawn by divide and conquer over the dyadic partition of the coordinates. The number of a node's
/// elements that lie in its left half is hypergeometric, and is drawn from the node's own substream; small
/// nodes are drawn directly (Sanders, Lamm, Huebschle-Schneider, Schrade, Dachsbacher, "Efficient parallel
/// random sampling -- vectorized, cache-efficient, and online", ACM TOMS 44, 2018, section 3). The subset is
/// a function of (key, d, k) alone. Finding the part in a range costs O(size of that part + log d).
class Subset {
 public:
  /// requires k <= d < 2^63
  Subset(const Key& key, Index dimension, Index size);

  /// d, the size of the set
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// k, the number of elements of the subset
  [[nodiscard]] Index size() const { return size_; }

  /// Appends (element - begin) for the elements in [begin, end), in increasing order. Requires
  /// end - begin <= longest_segment.
  void append_range(Index begin, Index end, std::vector<Offset>& out) const;

 private:
  Key key_;
  Index dimension_;
  Index size_;
};

/// The number of good items among `draws` items that are drawn without replacement from `good` good and
/// `bad` bad ones, as a function of a uniform number in (0, 1). Exact up to the rounding of the
/// probabilities. Found by inversion from the mode, in O(standard deviation) steps.
[[nodiscard]] std::uint64_t hypergeometric(double uniform, std::uint64_t good, std::uint64_t bad, std::uint64_t draws);

}  // namespace vireo::random
