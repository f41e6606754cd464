#pragma once

#include "vireo/core/vector.hpp"

namespace vireo {

/// The indices begin, ..., end - 1
struct Range {
  Index begin = 0;  ///< the first index
  Index end = 0;    ///< the index after the last
  /// Number of indices
  [[nodiscard]] Index size() const { return end - begin; }
  /// True if begin <= i < end
  [[nodiscard]] bool contains(Index i) const { return begin <= i && i < end; }
  /// True if begin and end are the same. Two empty ranges may differ.
  bool operator==(const Range&) const = default;
};

/// The items of owner i, where `total` items are dealt out to `parts` owners in contiguous blocks whose
/// sizes differ by at most one.
[[nodiscard]] inline Range part_of(Index total, Index parts, Index i) {
  // total * i / parts without overflow: whole shares, then the rest
  const Index share = total / parts;
  const Index rest = total % parts;
  const auto start = [&](Index k) { return share * k + rest * k / parts; };
  return {start(i), start(i + 1)};
}

/// The owner of an item: the i for which part_of(total, parts, i) contains it.
[[nodiscard]] Index part_with(Index total, Index parts, Index item);

/// How M virtual workers are mapped onto P ranks, in contiguous blocks. A method knows workers only; P
/// changes nothing but the speed.
class WorkerLayout {
 public:
  /// `workers` is M and `ranks` is P, both at least 1.
  WorkerLayout(Index workers, Index ranks) : workers_(workers), ranks_(ranks) {}
  /// M, the number of workers
  [[nodiscard]] Index workers() const { return workers_; }
  /// P, the number of ranks
  [[nodiscard]] Index ranks() const { return ranks_; }
  /// The workers of a rank; empty for an idle rank
  [[nodiscard]] Range workers_of(Index rank) const { return part_of(workers_, ranks_, rank); }
  /// The rank that owns a worker
  [[nodiscard]] Index rank_of(Index worker) const;
  /// Number of ranks that own no worker, which there are if P > M
  [[nodiscard]] Index idle_ranks() const { return ranks_ > workers_ ? ranks_ - workers_ : 0; }

 private:
  Index workers_;
  Index ranks_;
};

/// The coordinates 0..d-1, cut into one contiguous segment for each rank, at multiples of 8 (a cache line).
class SegmentLayout {
 public:
  /// `dimension` is d and `ranks` is P.
  SegmentLayout(Index dimension, Index ranks) : dimension_(dimension), ranks_(ranks) {}
  /// d, the number of coordinates
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// P, the number of ranks
  [[nodiscard]] Index ranks() const { return ranks_; }
  /// The coordinates of a rank; may be empty if there are fewer cache lines than ranks
  [[nodiscard]] Range of(Index rank) const;

 private:
  Index dimension_;
  Index ranks_;
};

}  // namespace vireo
