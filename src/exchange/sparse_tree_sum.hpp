#pragma once

#include <span>
#include <vector>

#include "exchange/entries_view.hpp"
#include "exchange/tree.hpp"

namespace vireo::exchanging {

/// Adds sparse vectors of consecutive workers along the tree over the worker index, window by window of the
/// coordinates.
///
/// Each coordinate keeps the sums of the complete subtrees met so far (at most one a level); the next worker's entry
/// first merges those that its common ancestor with the last one lies above. The cost is proportional to the entries,
/// and the bits are those of the dense sum along the same tree (up to the sign of a zero).
class SparseTreeSum {
 public:
  static constexpr Index window = 2048;

  /// One worker's entries, in order of offsets.
  struct Term {
    Index worker = 0;
    EntriesView entries{};
  };
  /// terms: of workers of the subtree, in increasing order; they are not copied, and must stay until the last `next`
  void begin(const Subtree& node, std::span<const Term> terms);

  /// out[j] = sum of the entries at offset first + j; windows in order, out.size() <= window
  void next(random::Offset first, View out);

 private:
  void meet(random::Offset first, random::Offset end);
  void add(Index j, Index worker, double value);

  Subtree node_;
  std::span<const Term> terms_;
  std::vector<std::size_t> cursors_;
  Index depth_ = 0;                    ///< sums kept per coordinate, at most
  std::vector<double> sums_;           ///< [window x depth]
  std::vector<std::uint32_t> firsts_;  ///< a worker below each sum, from node_.first
  std::vector<std::uint8_t> counts_;   ///< sums kept now, per coordinate
  std::vector<random::Offset> touched_;
};

}  // namespace vireo::exchanging
