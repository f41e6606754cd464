#include "exchange/tree.hpp"

#include <algorithm>

namespace vireo::exchanging {

std::vector<Subtree> maximal_subtrees(Range range, Index workers) {
  std::vector<Subtree> nodes;
  for (Index first = range.begin; first < range.end;) {
    Index width = 1;
    // double the block while it stays aligned and, cut at M, inside the range
    while (first % (2 * width) == 0 && std::min(first + 2 * width, workers) <= range.end && first + width < workers)
      width *= 2;
    const Index last = std::min(first + width, workers);
    nodes.push_back({first, last, width});
    first = last;
  }
  return nodes;
}

std::vector<Merge> merge_order(const std::vector<Subtree>& nodes) {
  std::vector<Merge> merges;
  std::vector<Index> open;  // entries not yet added to their left neighbour
  const auto merge_top = [&] {
    const Index from = open.back();
    open.pop_back();
    merges.push_back({open.back(), from});
  };
  const auto level = [&](Index a, Index b) { return ancestor_level(nodes[a].first, nodes[b].first); };
  for (Index next = 0; next < nodes.size(); ++next) {
    // what is left of `next` below their common ancestor is complete
    while (open.size() >= 2 && level(open[open.size() - 2], open.back()) < level(open.back(), next)) merge_top();
    open.push_back(next);
  }
  while (open.size() >= 2) merge_top();
  return merges;
}

}  // namespace vireo::exchanging
