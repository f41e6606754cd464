#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "vireo/core/layout.hpp"
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

/// The list of a state, in which a method names its state once. Writers and readers of checkpoints implement
/// it, so that one list serves saving and loading.
class StateList {
 public:
  StateList() = default;
  StateList(const StateList&) = delete;
  StateList& operator=(const StateList&) = delete;
  virtual ~StateList() = default;

  /// A vector of R^d of which all ranks hold the same copy
  virtual void global(const std::string& name, Vector& value) = 0;
  /// One vector of R^d for each worker, held by the rank of the worker; [M x d] in a file
  virtual void per_worker(const std::string& name, WorkerVectors& value) = 0;
  /// A vector of the server, of which each rank holds its segment. The value must have its length and its
  /// segment when it is listed, also for loading. It may be a vector of R^d cut by coordinates, or particles
  /// cut by blocks.
  virtual void by_segment(const std::string& name, SegmentVector& value) = 0;
  /// A number of which all ranks hold the same copy
  virtual void scalar(const std::string& name, double& value) = 0;
  /// An integer of which all ranks hold the same copy
  virtual void scalar(const std::string& name, std::int64_t& value) = 0;
  /// Whether there is a number of this name to be listed: false only where a state is loaded that was saved
  /// before there was such a number.
  [[nodiscard]] virtual bool has_scalar(const std::string& /*name*/) const { return true; }
};

/// A number that a method adds to each row of the trace.
struct Measure {
  std::string name;                          ///< name of the column
  std::string units;                         ///< "1", "byte", "s"
  std::string definition;                    ///< in words, for the trace
  std::variant<std::int64_t, double> value;  ///< the present value, always of the same type
};

}  // namespace vireo
