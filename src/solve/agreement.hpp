#pragma once

#include <cstdint>
#include <vector>

#include "solve/monitor.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::solving {

/// What single ranks know and all must act on: rank 0 but for `stop`, which any rank may ask for.
struct Votes {
  bool out_of_time = false;
  bool stop = false;
  bool observer_failed = false;
  bool save = false;
};

/// The one small reduction of every iteration: totals over ranks, votes, and a hash of the replicated iterate.
class Agreement {
 public:
  Agreement(const Run& run, const Monitor& monitor)
      : run_(run),
        monitor_(monitor),
        setup_bytes_(run.communicator.bytes_sent()),
        setup_modelled_(run.communicator.modelled_seconds()) {}

  /// From now on: what the run has cost before, as a whole, comes on top of what it costs here. Nothing that was sent
  /// so far belongs to it.
  void go_on_from(const Totals& before) {
    before_ = before;
    setup_bytes_ = run_.communicator.bytes_sent();
    setup_modelled_ = run_.communicator.modelled_seconds();
  }

  [[nodiscard]] const Totals& before() const { return before_; }

  /// Collective: what the run has cost each rank here. `seconds` as for reach
  [[nodiscard]] std::vector<RankTotals> by_rank(double seconds) const;

  /// Collective. `seconds` is this rank's wall clock without the monitor; `votes` is overwritten with what any rank
  /// voted. If `state` is not empty, throws Error(internal) naming the hosts if the ranks' copies of it differ.
  Totals reach(double seconds, Votes& votes, ConstView state) const;

 private:
  /// on this rank, since the run was begun or last resumed
  [[nodiscard]] Totals paid_here(double seconds) const;
  /// What reach returns where there is one rank: the votes are its own, and there is nothing to compare.
  [[nodiscard]] Totals alone(const Totals& paid) const;
  [[noreturn]] void report_difference(std::uint64_t mine) const;

  const Run& run_;
  const Monitor& monitor_;
  std::int64_t setup_bytes_;  ///< sent before the run began
  double setup_modelled_;
  Totals before_;
};

}  // namespace vireo::solving
