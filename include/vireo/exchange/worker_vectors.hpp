#pragma once

#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

/// One vector of R^d for each worker of this rank.
class WorkerVectors {
 public:
  WorkerVectors() = default;
  WorkerVectors(Range workers, Index dimension)
      : workers_(workers), dimension_(dimension), values_(workers.size() * dimension, 0.0) {}

  [[nodiscard]] View operator[](Index worker) {
    return View(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  [[nodiscard]] ConstView operator[](Index worker) const {
    return ConstView(values_).subspan((worker - workers_.begin) * dimension_, dimension_);
  }
  [[nodiscard]] Range workers() const { return workers_; }
  [[nodiscard]] Index dimension() const { return dimension_; }

 private:
  Range workers_;
  Index dimension_ = 0;
  Vector values_;
};

/// A vector of R^d of the server: each rank holds its own segment of the coordinates.
struct SegmentVector {
  SegmentVector() = default;
  explicit SegmentVector(Range own, Index d) : segment(own), dimension(d), values(own.size(), 0.0) {}

  Range segment;
  Index dimension = 0;
  Vector values;  ///< those of the segment
};

}  // namespace vireo
