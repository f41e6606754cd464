#pragma once

#include <cstdint>
#include <string>

#include "vireo/core/vector.hpp"
#include "vireo/core/worker_vectors.hpp"

namespace vireo {

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
  /// A vector of the server, of which each rank holds its segment. Its length and the segment are those that the value
  /// has when it is listed, also for loading: R^d cut by coordinates, or particles cut by blocks of them.
  virtual void by_segment(const std::string& name, SegmentVector& value) = 0;
  /// a number that all ranks hold alike
  virtual void scalar(const std::string& name, double& value) = 0;
  /// likewise
  virtual void scalar(const std::string& name, std::int64_t& value) = 0;
};

}  // namespace vireo
