#pragma once

#include <vector>

#include "exchange/tree.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::exchanging {

/// Adds vectors of increasing workers along the tree over the worker index; workers that are absent add nothing.
///
/// Keeps the sums of the complete subtrees met so far, at most one a level: the next worker's vector first merges those
/// that its common ancestor with the last one lies above.
class TreeSum {
 public:
  /// `total` takes the first worker's vector, and in the end the sum.
  void begin(View total);
  /// Where the next worker's vector is to be written.
  [[nodiscard]] View next(Index worker);
  /// Adds up what is left. Returns false if there was no worker.
  bool end();

 private:
  void merge_top();

  View total_;
  std::vector<Index> firsts_;    ///< a worker below each open sum
  std::vector<Vector> scratch_;  ///< the open sums but the first
};

}  // namespace vireo::exchanging
