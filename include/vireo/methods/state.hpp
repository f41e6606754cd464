#pragma once

#include <cstdint>
#include <string>

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

/// A method names its state here once; a writer or a reader walks the list.
class StateList {
 public:
  StateList() = default;
  StateList(const StateList&) = delete;
  StateList& operator=(const StateList&) = delete;
  virtual ~StateList() = default;

  /// a vector of R^d that all ranks hold alike
  virtual void global(const std::string& name, Vector& value) = 0;
  /// an [M x d] set of vectors, each held by its worker's rank
  virtual void per_worker(const std::string& name, WorkerVectors& value) = 0;
  virtual void scalar(const std::string& name, double& value) = 0;
  virtual void scalar(const std::string& name, std::int64_t& value) = 0;
};

}  // namespace vireo
