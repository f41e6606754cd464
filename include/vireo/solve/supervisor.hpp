#pragma once

#include <cstdint>

#include "vireo/core/state.hpp"

namespace vireo {

/// Everything that the rest of a run depends on, listed once for saving and loading alike (see StateList).
class RunState {
 public:
  RunState() = default;
  RunState(const RunState&) = delete;
  RunState& operator=(const RunState&) = delete;
  virtual ~RunState() = default;

  /// k
  [[nodiscard]] virtual std::int64_t iteration() const = 0;
  /// of the loop around the method: counters, what the stop rests on, the best or average point
  virtual void list_run(StateList& state) = 0;
  /// of the method
  virtual void list_method(StateList& state) = 0;
};

/// Decides from outside when a run is saved and when it stops early, and does the saving. All ranks have one; what is
/// asked of single ranks is agreed on in the reduction that ends every iteration anyway.
class Supervisor {
 public:
  Supervisor() = default;
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  virtual ~Supervisor() = default;

  /// Collective, before the first iteration: fills in the state of a run that goes on, or returns false on all ranks
  /// if this one begins at its starting point.
  virtual bool load(RunState& /*state*/) { return false; }

  /// Any rank, once an iteration: whether the run shall stop. One rank's yes stops all.
  virtual bool stop_requested() { return false; }
  /// Rank 0, once an iteration, after stop_requested: whether the time is up.
  virtual bool out_of_time() { return false; }
  /// Rank 0, once an iteration: whether the state shall be saved after it.
  virtual bool save_due(std::int64_t /*iteration*/) { return false; }

  /// Collective: saves the state. False on all ranks if it is not saved, because nobody asked for it or because it is
  /// not finite. throws on all ranks if it can not be written
  virtual bool save(RunState& /*state*/) { return false; }
};

}  // namespace vireo
