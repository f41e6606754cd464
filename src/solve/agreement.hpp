#pragma once

#include <cstdint>

#include "solve/monitor.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo {

/// What rank 0 alone knows and all must act on.
struct Votes {
  bool out_of_time = false;
  bool observer_failed = false;
};

/// The one small reduction of every iteration: totals over ranks, rank 0's votes, and a hash of the replicated iterate.
class Agreement {
 public:
  Agreement(const Run& run, const Monitor& monitor)
      : run_(run),
        monitor_(monitor),
        setup_bytes_(run.communicator.bytes_sent()),
        setup_modelled_(run.communicator.modelled_seconds()) {}

  /// Collective. `seconds` is this rank's wall clock without the monitor; `votes` is overwritten with what any rank
  /// voted. If `state` is not empty, throws Error(internal) naming the hosts if the ranks' copies of it differ.
  Totals reach(double seconds, Votes& votes, ConstView state) const;

 private:
  [[noreturn]] void report_difference(std::uint64_t mine) const;

  const Run& run_;
  const Monitor& monitor_;
  std::int64_t setup_bytes_;  ///< sent before the run began
  double setup_modelled_;
};

}  // namespace vireo
