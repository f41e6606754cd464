#pragma once

#include <cstdint>
#include <string>

#include "vireo/core/vector.hpp"
#include "vireo/core/worker_vectors.hpp"

namespace vireo {

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
};

}  // namespace vireo
