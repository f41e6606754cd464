#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "vireo/core/layout.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::exchanging {

/// A subtree of the binary tree over the worker index: the workers [first, last) of an aligned block of a power of two,
/// cut at M.
struct Subtree {
  Index first = 0;
  Index last = 0;
  Index width = 1;  ///< the power of two, before the cut
  [[nodiscard]] Index workers() const { return last - first; }
  bool operator==(const Subtree&) const = default;
};

/// Level of the lowest common ancestor of two different workers: 1 for siblings.
inline int ancestor_level(Index a, Index b) { return static_cast<int>(std::bit_width(a ^ b)); }

/// The maximal subtrees inside a contiguous range of the workers 0..M-1, in order: O(log of the range) of them.
[[nodiscard]] std::vector<Subtree> maximal_subtrees(Range range, Index workers);

/// "to += from": from stands right of to in the tree.
struct Merge {
  Index to = 0;
  Index from = 0;
  bool operator==(const Merge&) const = default;
};

/// The merges that add disjoint subtrees, given in worker order, into entry 0 along the tree.
[[nodiscard]] std::vector<Merge> merge_order(const std::vector<Subtree>& nodes);

}  // namespace vireo::exchanging
