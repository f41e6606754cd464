#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

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

/// Adds leaf(worker, out) over a subtree, along the tree, into `out`; `scratch` lends a vector of out.size() for each
/// level.
template <class Leaf>
void sum_subtree(const Subtree& node, View out, std::vector<Vector>& scratch, const Leaf& leaf) {
  if (node.width == 1) {
    leaf(node.first, out);
    return;
  }
  const Index half = node.width / 2;
  const Index middle = node.first + half;
  sum_subtree(Subtree{node.first, std::min(middle, node.last), half}, out, scratch, leaf);
  if (middle >= node.last) return;
  const auto level = static_cast<Index>(std::bit_width(half)) - 1;
  if (scratch.size() <= level) scratch.resize(level + 1);
  // allocated before the recursion, which uses lower levels only
  if (scratch[level].size() < out.size()) scratch[level].resize(out.size());
  double* const right = scratch[level].data();
  sum_subtree(Subtree{middle, node.last, half}, View(right, out.size()), scratch, leaf);
  for (Index j = 0; j < out.size(); ++j) out[j] += right[j];
}

}  // namespace vireo
