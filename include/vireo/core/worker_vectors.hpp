#pragma once

#include "vireo/core/range.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// One vector of R^d for each worker of this rank.
class WorkerVectors {
 public:
  WorkerVectors() = default;
  /// One vector of zeros for each of the workers
  WorkerVectors(Range workers, Index dimension)
      : workers_(workers), dimension_(dimension), values_(workers.size() * dimension, 0.0) {}

  /// The vector of a worker, which is given by its number among all M and must be one of workers().
  [[nodiscard]] View operator[](Index worker) {
    return View(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  /// The vector of a worker, to be read only
  [[nodiscard]] ConstView operator[](Index worker) const {
    return ConstView(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  /// The workers of this rank
  [[nodiscard]] Range workers() const { return workers_; }
  /// d, the length of each vector
  [[nodiscard]] Index dimension() const { return dimension_; }

 private:
  Range workers_;
  Index dimension_ = 0;
  Vector values_;
};

/// A vector of R^d that belongs to the server. Each rank holds its own segment of the coordinates.
struct SegmentVector {
  SegmentVector() = default;
  /// A vector of zeros in R^d, of which this rank holds the segment `own`
  explicit SegmentVector(Range own, Index d) : segment(own), dimension(d), values(own.size(), 0.0) {}

  Range segment;        ///< the coordinates that this rank holds
  Index dimension = 0;  ///< d, over all ranks
  Vector values;        ///< the values in the segment
};

}  // namespace vireo
