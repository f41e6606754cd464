#pragma once

#include "vireo/core/vector.hpp"

namespace vireo {

/// [begin, end)
struct Range {
  Index begin = 0;  ///< the first
  Index end = 0;    ///< the one after the last
  /// how many there are
  [[nodiscard]] Index size() const { return end - begin; }
  /// begin <= i < end
  [[nodiscard]] bool contains(Index i) const { return begin <= i && i < end; }
  /// the same begin and the same end: two empty ranges may differ
  bool operator==(const Range&) const = default;
};

/// Part i of `total` items dealt out to `parts` owners in contiguous blocks that differ by at most one item.
[[nodiscard]] inline Range part_of(Index total, Index parts, Index i) {
  // total * i / parts without overflow: whole shares, then the rest
  const Index share = total / parts;
  const Index rest = total % parts;
  const auto start = [&](Index k) { return share * k + rest * k / parts; };
  return {start(i), start(i + 1)};
}

/// The i with item in part_of(total, parts, i)
[[nodiscard]] Index part_with(Index total, Index parts, Index item);

/// M virtual workers on P ranks, in contiguous blocks. The algorithm knows workers only; P moves nothing but speed.
class WorkerLayout {
 public:
  /// M and P, both at least 1
  WorkerLayout(Index workers, Index ranks) : workers_(workers), ranks_(ranks) {}
  /// M
  [[nodiscard]] Index workers() const { return workers_; }
  /// P
  [[nodiscard]] Index ranks() const { return ranks_; }
  /// empty for an idle rank
  [[nodiscard]] Range workers_of(Index rank) const { return part_of(workers_, ranks_, rank); }
  /// the one that owns the worker
  [[nodiscard]] Index rank_of(Index worker) const;
  /// ranks that own no worker (P > M)
  [[nodiscard]] Index idle_ranks() const { return ranks_ > workers_ ? ranks_ - workers_ : 0; }

 private:
  Index workers_;
  Index ranks_;
};

/// The coordinates 0..d-1 in one contiguous segment per rank, cut at multiples of 8 (a cache line).
class SegmentLayout {
 public:
  /// d and P
  SegmentLayout(Index dimension, Index ranks) : dimension_(dimension), ranks_(ranks) {}
  /// d
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// P
  [[nodiscard]] Index ranks() const { return ranks_; }
  /// coordinates of a rank; empty where there are fewer cache lines than ranks
  [[nodiscard]] Range of(Index rank) const;

 private:
  Index dimension_;
  Index ranks_;
};

}  // namespace vireo
