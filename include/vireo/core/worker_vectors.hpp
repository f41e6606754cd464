#pragma once

#include "vireo/core/range.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// One vector of R^d for each worker of this rank.
class WorkerVectors {
 public:
  WorkerVectors() = default;
  /// zeros
  WorkerVectors(Range workers, Index dimension)
      : workers_(workers), dimension_(dimension), values_(workers.size() * dimension, 0.0) {}

  /// worker: its number among all M; one of workers()
  [[nodiscard]] View operator[](Index worker) {
    return View(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  /// likewise
  [[nodiscard]] ConstView operator[](Index worker) const {
    return ConstView(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  /// those of this rank
  [[nodiscard]] Range workers() const { return workers_; }
  /// d
  [[nodiscard]] Index dimension() const { return dimension_; }

 private:
  Range workers_;
  Index dimension_ = 0;
  Vector values_;
};

/// A vector of R^d of the server: each rank holds its own segment of the coordinates.
struct SegmentVector {
  SegmentVector() = default;
  /// zeros
  explicit SegmentVector(Range own, Index d) : segment(own), dimension(d), values(own.size(), 0.0) {}

  Range segment;        ///< coordinates of this rank
  Index dimension = 0;  ///< d, over all ranks
  Vector values;        ///< those of the segment
};

}  // namespace vireo
