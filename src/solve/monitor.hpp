#pragma once

#include <chrono>

#include "solve/evaluation.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::solving {

/// Evaluates F at points that the method was not charged for. Its cost is kept apart: calls and bytes in a ledger of
/// its own, its wall-clock time out of the run's seconds.
class Monitor {
 public:
  explicit Monitor(const Run& run) : run_(run), F_(run.problem.dimension()) {}

  /// The residual at z and F(z), which stays until the next call, from a fresh uncompressed evaluation.
  [[nodiscard]] Evaluation evaluate(ConstView z);

  /// The problem's gap at z, given F = F(z); where z is outside the domain of g, that at prox_g(z). NaN if there is
  /// none.
  double gap(ConstView z, ConstView F);

  /// Runs something at the monitor's expense (an observer, say).
  template <class Action>
  void at_its_expense(Action&& action) {
    const auto start = Clock::now();
    const auto bytes = run_.communicator.bytes_sent();
    const double modelled = run_.communicator.modelled_seconds();
    struct Close {
      Monitor& monitor;
      Clock::time_point start;
      std::int64_t bytes;
      double modelled;
      ~Close() {
        monitor.seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
        monitor.bytes_ += monitor.run_.communicator.bytes_sent() - bytes;
        monitor.modelled_ += monitor.run_.communicator.modelled_seconds() - modelled;
      }
    } const close{*this, start, bytes, modelled};
    action();
  }

  /// Runs something that writes: its seconds are also counted apart.
  template <class Action>
  void write(Action&& action) {
    at_its_expense([&] {
      const Timed timed(seconds_io_);
      action();
    });
  }

  /// Where the latest F(z) was not finite, if it was the operator's doing
  [[nodiscard]] const std::optional<NotFiniteAt>& not_finite_at() const { return not_finite_at_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] double seconds() const { return seconds_; }
  /// of these, spent in write()
  [[nodiscard]] double seconds_io() const { return seconds_io_; }
  [[nodiscard]] std::int64_t bytes_sent() const { return bytes_; }
  [[nodiscard]] double modelled_seconds() const { return modelled_; }

 private:
  using Clock = std::chrono::steady_clock;
  const Run& run_;
  Vector F_;
  Ledger ledger_;
  std::optional<NotFiniteAt> not_finite_at_;
  double seconds_ = 0;
  double seconds_io_ = 0;
  std::int64_t bytes_ = 0;
  double modelled_ = 0;
};

}  // namespace vireo::solving
