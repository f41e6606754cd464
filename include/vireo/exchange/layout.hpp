#pragma once

#include "vireo/core/range.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

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
