#include "vireo/solve/solver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>

#include "solve/agreement.hpp"
#include "solve/candidate.hpp"
#include "solve/monitor.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// A residual this many times the first one is not coming back.
constexpr double divergence_factor = 1e10;

class Solve {
 public:
  Solve(Run run, const Criteria& criteria, std::int64_t trace_every, std::span<Observer* const> observers)
      : run_(run),
        criteria_(criteria),
        trace_every_(trace_every),
        observers_(observers),
        monitor_(run_),
        agreement_(run_, monitor_),
        candidate_(run_, criteria.return_point) {}

  Outcome go(ConstView z0) {
    std::optional<Termination> end;
    try {
      run_.method.start(z0);
      candidate_.start();
      initial_residual_ = residual_at_iterate();
      target_ = std::max(criteria_.tolerance, criteria_.relative_tolerance * initial_residual_);
      totals_ = agree();
      end = after_iteration();
      while (!end) {
        run_.method.iterate();
        ++k_;
        candidate_.update();
        check_at_own_expense();
        totals_ = agree();
        end = after_iteration();
      }
    } catch (const NotFinite&) {  // on all ranks alike
      totals_ = agree();
      end = Termination::not_finite;
    }
    return finish(*end);
  }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool root() const { return run_.communicator.rank() == 0; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count() - monitor_.seconds();
  }
  [[nodiscard]] bool row_due() const { return trace_every_ > 0 && k_ % trace_every_ == 0; }

  /// At z^k: from the method if it knows it, else from the monitor.
  double residual_at_iterate() {
    const auto known = candidate_.residual_at_iterate();
    return known ? *known : monitor_.residual(run_.method.point());
  }

  /// F(z^k), after residual_at_iterate()
  [[nodiscard]] ConstView F_at_iterate() const {
    return candidate_.residual_at_iterate() ? run_.method.certificate()->F : monitor_.F();
  }

  /// Where the method's certificates say nothing of the point to be returned, F is evaluated there, and charged.
  void check_at_own_expense() {
    checked_.reset();
    if (candidate_.residual() || k_ % criteria_.check_every != 0) return;
    const ConstView z = candidate_.point();
    Vector F(z.size());
    run_.exchange.mean([&](Index m, View x) { run_.oracle.mean(m, z, x); }, F);
    checked_ = natural_residual(z, F, run_.regularizer);
  }

  Totals agree() {
    Votes votes{.out_of_time = root() && seconds() >= criteria_.max_seconds,
                .observer_failed = observer_failure_ != nullptr};
    Totals totals;
    monitor_.at_its_expense(
        [&] { totals = agreement_.reach(seconds(), votes, row_due() ? run_.method.point() : ConstView{}); });
    if (votes.observer_failed) {
      if (observer_failure_) std::rethrow_exception(observer_failure_);
      throw PeerFailure(ExitCode::io);
    }
    out_of_time_ = votes.out_of_time;
    return totals;
  }

  /// Calls the observers on rank 0. What they throw ends the run at the next agreement.
  template <class Call>
  void tell(Call&& call) {
    if (!root() || observer_failure_) return;
    monitor_.at_its_expense([&] {
      try {
        for (Observer* const observer : observers_) call(*observer);
      } catch (...) {
        observer_failure_ = std::current_exception();
      }
    });
  }

  std::optional<Termination> after_iteration() {
    tell([&](Observer& observer) { observer.iteration(k_, candidate_.latest(), totals_); });
    const auto end = termination();
    if (row_due() || (end && trace_every_ > 0)) write_row();
    return end;
  }

  void write_row() {
    Row row;
    row.iteration = k_;
    row.residual = residual_at_iterate();
    if (!std::isnan(row.residual)) row.gap = monitor_.gap(run_.method.point(), F_at_iterate());
    if (run_.solution != nullptr) {
      monitor_.at_its_expense(
          [&] { row.distance = std::sqrt(kernels::squared_distance(run_.method.point(), *run_.solution)); });
    }
    row.totals = totals_;
    tell([&](Observer& observer) { observer.row(row); });
    // The others wait for rank 0 to write here, and not in the next exchange, which the run is charged for.
    monitor_.at_its_expense([&] { run_.communicator.barrier(); });
  }

  std::optional<Termination> termination() const {
    const auto known = checked_ ? checked_ : candidate_.residual();
    // not of the best point, which stays as good as it is while the iterates leave
    const double latest = checked_ ? *checked_ : candidate_.latest();
    if (known && *known <= target_) return Termination::converged;
    if (std::isinf(latest)) return Termination::not_finite;
    if (latest > divergence_factor * initial_residual_ && latest > divergence_factor * target_)
      return Termination::diverged;
    if (k_ >= criteria_.max_iterations) return Termination::max_iterations;
    if (totals_.oracle_calls >= criteria_.max_oracle_calls) return Termination::max_oracle_calls;
    if (totals_.wire_bytes_up + totals_.wire_bytes_down >= criteria_.max_wire_bytes) return Termination::max_wire_bytes;
    if (out_of_time_) return Termination::max_seconds;
    return std::nullopt;
  }

  Outcome finish(Termination end) {
    Outcome outcome;
    outcome.iterations = k_;
    const ConstView z = candidate_.point();
    outcome.solution.assign(z.begin(), z.end());
    outcome.returned = candidate_.which();
    outcome.residual = monitor_.residual(outcome.solution);
    if (!std::isnan(outcome.residual)) outcome.gap = monitor_.gap(outcome.solution, monitor_.F());
    outcome.initial_residual = initial_residual_;
    outcome.tolerance_met = outcome.residual <= target_;
    if (run_.solution != nullptr)
      outcome.distance = std::sqrt(kernels::squared_distance(outcome.solution, *run_.solution));
    if (outcome.tolerance_met)
      end = Termination::converged;
    else if (end == Termination::converged || std::isnan(outcome.residual))
      end = Termination::not_finite;  // the method's own residual was not what a fresh evaluation finds
    outcome.termination = end;
    totals_.seconds_monitor = monitor_.seconds();
    totals_.monitor_oracle_calls = combine(run_.communicator, monitor_.ledger().oracle_calls, Reduction::sum);
    outcome.totals = totals_;
    tell([&](Observer& observer) { observer.finished(outcome); });
    agree_on_failure(run_.communicator, observer_failure_);
    return outcome;
  }

  Run run_;
  Criteria criteria_;
  std::int64_t trace_every_;
  std::span<Observer* const> observers_;
  Monitor monitor_;
  Agreement agreement_;
  Candidate candidate_;
  Clock::time_point start_ = Clock::now();
  std::exception_ptr observer_failure_;
  Totals totals_;
  std::int64_t k_ = 0;
  double initial_residual_ = std::numeric_limits<double>::quiet_NaN();
  double target_ = 0;
  std::optional<double> checked_;
  bool out_of_time_ = false;
};

}  // namespace

Outcome solve(Run run, ConstView z0, const Criteria& criteria, std::int64_t trace_every,
              std::span<Observer* const> observers) {
  return Solve(run, criteria, trace_every, observers).go(z0);
}

}  // namespace vireo
