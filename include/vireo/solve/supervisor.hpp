#pragma once

#include <cstdint>

#include "vireo/core/state.hpp"

namespace vireo {

/// The state of a run: everything that the rest of it depends on, listed once for saving and loading (see
/// StateList).
class RunState {
 public:
  RunState() = default;
  RunState(const RunState&) = delete;
  RunState& operator=(const RunState&) = delete;
  virtual ~RunState() = default;

  /// k, the number of iterations done
  [[nodiscard]] virtual std::int64_t iteration() const = 0;
  /// Lists the state of the loop around the method: counters, what the stop rests on, the best or average
  /// point.
  virtual void list_run(StateList& state) = 0;
  /// Lists the state of the method.
  virtual void list_method(StateList& state) = 0;
};

/// Decides from outside when a run is saved and when it stops early, and saves it. All ranks have one. What
/// single ranks decide is made known to all in the reduction that ends every iteration.
class Supervisor {
 public:
  Supervisor() = default;
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  virtual ~Supervisor() = default;

  /// Collective, before the first iteration: fills in the state of a run that is resumed. Returns false on
  /// all ranks if the run begins at its starting point.
  virtual bool load(RunState& /*state*/) { return false; }

  /// Asked on every rank once in an iteration. If it is true on any rank, the run stops.
  virtual bool stop_requested() { return false; }
  /// Asked on rank 0 once in an iteration, after stop_requested: true if the time is over.
  virtual bool out_of_time() { return false; }
  /// Asked on rank 0 once in an iteration: true if the state shall be saved after it.
  virtual bool save_due(std::int64_t /*iteration*/) { return false; }

  /// Collective: saves the state. Returns false on all ranks if it is not saved, because that was not wanted
  /// or because the state is not finite. Throws on all ranks if it cannot be written.
  virtual bool save(RunState& /*state*/) { return false; }
};

}  // namespace vireo
