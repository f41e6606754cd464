#include "vireo/solve/solver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>

#include "problems/residual_at.hpp"
#include "solve/agreement.hpp"
#include "solve/book_to.hpp"
#include "solve/candidate.hpp"
#include "solve/monitor.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace solving {
namespace {

/// A residual this many times the first one is not coming back.
constexpr double divergence_factor = 1e10;

/// What a run without a supervisor has.
Supervisor& nobody() {
  static Supervisor one;
  return one;
}

class Solve final : public RunState {
 public:
  Solve(Run run, const Criteria& criteria, std::int64_t trace_every, std::span<Observer* const> observers)
      : run_(run),
        criteria_(criteria),
        trace_every_(trace_every),
        observers_(observers),
        supervisor_(run.supervisor != nullptr ? *run.supervisor : nobody()),
        monitor_(run_),
        agreement_(run_, monitor_),
        candidate_(run_, criteria.return_point) {}

  Outcome go(ConstView z0) {
    std::optional<Termination> end;
    try {
      end = supervisor_.load(*this) ? resume() : begin(z0);
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

  [[nodiscard]] std::int64_t iteration() const override { return k_; }

  void list_run(StateList& state) override {
    state.scalar("iteration", k_);
    state.scalar("rows", rows_);
    state.scalar("initial_residual", initial_residual_);
    std::int64_t checked = checked_ ? 1 : 0;
    state.scalar("checked", checked);
    if (checked != 0) state.scalar("checked_residual", checked_ ? *checked_ : checked_.emplace());
    candidate_.list_state(state);
    for_each_counter([&](const Counter& counter, auto member) {
      if (counter.of_run == nullptr) return;
      if (counter.since_first_version || state.has_scalar(counter.name)) state.scalar(counter.name, totals_.*member);
    });
  }
  void list_method(StateList& state) override { run_.method.list_state(state); }

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<Termination> begin(ConstView z0) {
    run_.method.start(z0);
    candidate_.start();
    initial_residual_ = at_iterate().residual;
    set_target();
    totals_ = agree();
    return after_iteration();
  }

  /// After loading. What the method recomputes was paid for before the run was interrupted.
  std::optional<Termination> resume() {
    Ledger paid_before;
    {
      const BookTo booked(run_.exchange, paid_before);
      run_.method.restore();
    }
    agreement_.go_on_from(totals_);
    start_ = Clock::now();
    set_target();
    totals_ = agree();
    saved_ = true;
    if (!run_.trace_goes_on) rows_ = 0;
    if (trace_every_ > 0 && rows_ == 0) {  // a new trace begins with the state that the run goes on from
      write_row();
      ++rows_;
    }
    const auto end = termination();
    if (end && trace_every_ > 0 && !row_due()) write_row();
    return end;
  }

  void set_target() { target_ = std::max(criteria_.tolerance, criteria_.relative_tolerance * initial_residual_); }

  [[nodiscard]] bool root() const { return run_.communicator.rank() == 0; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count() - monitor_.seconds();
  }
  [[nodiscard]] bool row_due() const { return trace_every_ > 0 && k_ % trace_every_ == 0; }

  /// At z^k: from the method if it knows it, else from the monitor.
  Evaluation at_iterate() {
    const auto known = candidate_.at_iterate();
    return known ? *known : monitor_.evaluate(run_.method.point());
  }

  /// Where the method's certificates say nothing of the point to be returned, F is evaluated there, and charged.
  void check_at_own_expense() {
    checked_.reset();
    if (candidate_.residual() || k_ % criteria_.check_every != 0) return;
    checked_ = problems::residual_at(run_.problem, run_.exchange, run_.regularizer, candidate_.point());
  }

  Totals agree() {
    votes_ = {};
    votes_.stop = supervisor_.stop_requested();
    if (root()) {
      votes_.out_of_time = supervisor_.out_of_time() || seconds() >= criteria_.max_seconds;
      votes_.save = supervisor_.save_due(k_);
    }
    return agree_on(votes_);
  }

  Totals agree_on(Votes& votes) {
    votes.observer_failed = observer_failure_ != nullptr;
    Totals totals;
    monitor_.at_its_expense(
        [&] { totals = agreement_.reach(seconds(), votes, row_due() ? run_.method.point() : ConstView{}); });
    if (votes.observer_failed) {
      if (observer_failure_) std::rethrow_exception(observer_failure_);
      throw PeerFailure(ExitCode::io);
    }
    return totals;
  }

  /// Calls the observers on rank 0. What they throw ends the run at the next agreement.
  template <class Call>
  void tell(Call&& call) {
    if (!root() || observer_failure_) return;
    monitor_.at_its_expense([&] {
      try {
        const Timed timed(seconds_io_);
        for (Observer* const observer : observers_) call(*observer);
      } catch (...) {
        observer_failure_ = std::current_exception();
      }
    });
  }

  std::optional<Termination> after_iteration() {
    tell([&](Observer& observer) { observer.iteration(k_, candidate_.latest(), totals_); });
    const auto end = termination();
    if (row_due()) {
      write_row();
      ++rows_;
    }
    saved_ = (votes_.save || end) && end != Termination::diverged && end != Termination::not_finite && save();
    if (end && trace_every_ > 0 && !row_due()) write_row();  // of this end alone: a run that goes on has no such row
    return end;
  }

  /// Saves the state, with the totals as they are after the row.
  bool save() {
    tell([&](Observer& observer) { observer.about_to_save(); });
    Votes votes;
    totals_ = agree_on(votes);
    bool saved = false;
    monitor_.at_its_expense([&] {
      const Timed timed(seconds_io_);
      saved = supervisor_.save(*this);
    });
    return saved;
  }

  void write_row() {
    Row row;
    row.iteration = k_;
    const auto here = at_iterate();
    row.residual = here.residual;
    if (!std::isnan(here.residual)) row.gap = monitor_.gap(run_.method.point(), here.F);
    if (run_.solution != nullptr) {
      monitor_.at_its_expense(
          [&] { row.distance = std::sqrt(kernels::squared_distance(run_.method.point(), *run_.solution)); });
    }
    monitor_.at_its_expense([&] { row.measures = run_.method.measures(); });
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
    if (votes_.stop) return Termination::interrupted;
    if (votes_.out_of_time) return Termination::max_seconds;
    return std::nullopt;
  }

  Outcome finish(Termination end) {
    Outcome outcome;
    outcome.iterations = k_;
    const ConstView z = candidate_.point();
    outcome.solution.assign(z.begin(), z.end());
    outcome.returned = candidate_.which();
    const auto here = monitor_.evaluate(outcome.solution);
    outcome.residual = here.residual;
    if (!std::isnan(here.residual)) outcome.gap = monitor_.gap(outcome.solution, here.F);
    outcome.initial_residual = initial_residual_;
    outcome.tolerance_met = outcome.residual <= target_;
    if (run_.solution != nullptr)
      outcome.distance = std::sqrt(kernels::squared_distance(outcome.solution, *run_.solution));
    if (outcome.tolerance_met)
      end = Termination::converged;
    else if (end == Termination::converged || std::isnan(outcome.residual))
      end = Termination::not_finite;  // the method's own residual was not what a fresh evaluation finds
    outcome.termination = end;
    outcome.saved = saved_;
    totals_.seconds_monitor = agreement_.before().seconds_monitor + monitor_.seconds();
    totals_.monitor_oracle_calls = agreement_.before().monitor_oracle_calls +
                                   combine(run_.communicator, monitor_.ledger().oracle_calls, Reduction::sum);
    outcome.totals = totals_;
    outcome.ranks = agreement_.by_rank(seconds(), seconds_io_);
    tell([&](Observer& observer) { observer.finished(outcome); });
    agree_on_failure(run_.communicator, observer_failure_);
    return outcome;
  }

  Run run_;
  Criteria criteria_;
  std::int64_t trace_every_;
  std::span<Observer* const> observers_;
  Supervisor& supervisor_;
  Monitor monitor_;
  Agreement agreement_;
  Candidate candidate_;
  Clock::time_point start_ = Clock::now();
  std::exception_ptr observer_failure_;
  Totals totals_;
  double seconds_io_ = 0;  ///< of this rank, since the run was begun or resumed
  std::int64_t k_ = 0;
  double initial_residual_ = std::numeric_limits<double>::quiet_NaN();
  double target_ = 0;
  std::optional<double> checked_;
  Votes votes_;            ///< of the latest iteration
  std::int64_t rows_ = 0;  ///< of the trace, but for one that an end adds between those due
  bool saved_ = false;     ///< the present state
};

}  // namespace
}  // namespace solving

Outcome solve(Run run, ConstView z0, const Criteria& criteria, std::int64_t trace_every,
              std::span<Observer* const> observers) {
  return solving::Solve(run, criteria, trace_every, observers).go(z0);
}

}  // namespace vireo
