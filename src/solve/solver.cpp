#include "vireo/solve/solver.hpp"

#include <chrono>
#include <cmath>
#include <exception>

#include "problems/in_context.hpp"
#include "problems/residual_at.hpp"
#include "solve/agreement.hpp"
#include "solve/audience.hpp"
#include "solve/book_to.hpp"
#include "solve/candidate.hpp"
#include "solve/gap.hpp"
#include "solve/monitor.hpp"
#include "solve/termination.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace solving {
namespace {

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
        supervisor_(run.supervisor != nullptr ? *run.supervisor : nobody()),
        monitor_(run_),
        audience_(observers, monitor_, run.communicator.rank() == 0),
        agreement_(run_, monitor_),
        candidate_(run_, criteria.return_point) {}

  Outcome go(ConstView z0) try {
    std::optional<Termination> end;
    try {
      end = supervisor_.load(*this) ? resume() : begin(z0);
      while (!end) {
        in_iteration_ = k_ + 1;
        run_.method.iterate();
        ++k_;
        candidate_.update();
        check_at_own_expense();
        find_gap();
        follow_trend();
        totals_ = agree();
        end = after_iteration();
      }
    } catch (const NotFinite& failure) {  // on all ranks alike
      note(failure.at);
      totals_ = agree();
      end = Termination::not_finite;
    }
    return finish(*end);
  } catch (...) {
    problems::throw_further_within("iteration " + std::to_string(in_iteration_));
  }

  [[nodiscard]] std::int64_t iteration() const override { return k_; }

  void list_run(StateList& state) override {
    state.scalar("iteration", k_);
    state.scalar("rows", rows_);
    state.scalar("initial_residual", initial_residual_);
    std::int64_t checked = checked_ ? 1 : 0;
    state.scalar("checked", checked);
    if (checked != 0) state.scalar("checked_residual", checked_ ? *checked_ : checked_.emplace());
    list_gap(state);
    candidate_.list_state(state);
    trend_.list_state(state);
    for_each_counter([&](const Counter& counter, auto member) {
      if (counter.of_run == nullptr) return;
      if (counter.since_first_version || state.has_scalar(counter.name)) state.scalar(counter.name, totals_.*member);
    });
  }
  /// Of runs that stop by it alone: others, and those of older versions, have none.
  void list_gap(StateList& state) {
    if (!(criteria_.gap_tolerance > 0) || !state.has_scalar("gap_known")) return;
    std::int64_t known = gap_ ? 1 : 0;
    state.scalar("gap_known", known);
    if (known != 0) state.scalar("gap_found", gap_ ? *gap_ : gap_.emplace());
  }
  void list_method(StateList& state) override { run_.method.list_state(state); }

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<Termination> begin(ConstView z0) {
    run_.method.start(z0);
    candidate_.start();
    find_gap();
    follow_trend();
    initial_residual_ = at_iterate().residual;
    totals_ = agree();
    return after_iteration();
  }

  /// After loading. What the method recomputes was paid for before the run was interrupted.
  std::optional<Termination> resume() {
    in_iteration_ = k_;
    Ledger paid_before;
    {
      const BookTo booked(run_.exchange, paid_before);
      run_.method.restore();
    }
    agreement_.go_on_from(totals_);
    start_ = Clock::now();
    totals_ = agree();
    saved_ = true;
    if (!run_.trace_goes_on) rows_ = 0;
    if (trace_every_ > 0 && rows_ == 0) {  // a new trace begins with the state that the run goes on from
      write_row();
      ++rows_;
    }
    const auto end = check(criteria_, status());
    if (end && trace_every_ > 0 && !row_due()) write_row();
    return end;
  }

  [[nodiscard]] bool root() const { return run_.communicator.rank() == 0; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count() - monitor_.seconds();
  }
  [[nodiscard]] bool row_due() const { return trace_every_ > 0 && k_ % trace_every_ == 0; }

  /// At z^k: from the method if it knows it, else from the monitor.
  Evaluation at_iterate() {
    const auto known = candidate_.at_iterate();
    return known ? *known : monitored(run_.method.point());
  }
  Evaluation monitored(ConstView z) {
    const auto found = monitor_.evaluate(z);
    if (std::isnan(found.residual)) note(monitor_.not_finite_at());
    return found;
  }
  /// Keeps the first evaluation of F that was not finite.
  void note(const std::optional<NotFiniteAt>& at) {
    if (!at || not_finite_at_) return;
    not_finite_at_ = at;
    not_finite_at_->iteration = in_iteration_;
  }

  /// Where the method's certificates say nothing of the point to be returned, F is evaluated there, and charged.
  void check_at_own_expense() {
    checked_.reset();
    if (candidate_.residual() || k_ % criteria_.check_every != 0) return;
    F_checked_.resize(run_.problem.dimension());
    checked_ = problems::residual_at(run_.problem, run_.exchange, run_.regularizer, candidate_.point(), F_checked_);
  }

  /// The gap of the point to be returned, where F at it was found in this iteration: by a check, or by the method. A
  /// point outside the domain of g has it elsewhere, where F must be evaluated: then as rarely as for a check.
  void find_gap() {
    gap_.reset();
    if (!(criteria_.gap_tolerance > 0)) return;
    const auto certificate = run_.method.certificate();
    if (checked_)
      gap_ = gap_at(run_, candidate_.point(), F_checked_);
    else if (candidate_.fresh() && candidate_.is_of_certificate() &&
             (k_ % criteria_.check_every == 0 || std::isfinite(run_.regularizer.value(certificate->point))))
      gap_ = gap_at(run_, certificate->point, certificate->F);
  }

  /// Takes note of what was found in this iteration, and says once if it is a noise floor. An objective has other
  /// residuals, of which a lucky one says nothing of the next.
  void follow_trend() {
    const bool of_average = candidate_.which() == ReturnPoint::average;  // which lags behind the points it is made of
    if (run_.problem.objective() != nullptr || !(checked_ || (candidate_.fresh() && !of_average))) return;
    const solving::Check latest{
        .iteration = k_,
        .residual = checked_ ? *checked_ : candidate_.latest(),
        .rounding_level = rounding_level(checked_ ? candidate_.point() : run_.method.certificate()->point),
        .at_own_expense = checked_.has_value()};
    trend_ = trend_.after(latest);
    if (!at_noise_floor(trend_, latest)) return;
    trend_.warned = 1;
    audience_.tell([&](Observer& observer) { observer.noise_floor(k_, trend_.held); });
  }

  /// What the rounding of F makes of a residual at z: F is L-Lipschitz, and z itself is rounded.
  [[nodiscard]] double rounding_level(ConstView z) const {
    const double level = 0x1p-53 * (1 + run_.lipschitz) * kernels::norm(z);
    return std::isfinite(level) ? level : 0;
  }

  Totals agree() {
    const double now = seconds();  // looked at once: a row says the time by which the run was found to go on
    votes_ = {};
    votes_.stop = supervisor_.stop_requested();
    if (root()) {
      votes_.out_of_time = supervisor_.out_of_time() || now + monitor_.seconds() >= criteria_.max_seconds;
      votes_.save = supervisor_.save_due(k_);
    }
    return agree_on(votes_, now);
  }

  Totals agree_on(Votes& votes, double now) {
    votes.observer_failed = audience_.failure() != nullptr;
    Totals totals;
    const auto reach = [&] { totals = agreement_.reach(now, votes, row_due() ? run_.method.point() : ConstView{}); };
    if (run_.communicator.size() == 1)
      reach();  // no message: reading the clocks would cost more
    else
      monitor_.at_its_expense(reach);
    if (votes.observer_failed) agree_on_failure(run_.communicator, audience_.failure());
    return totals;
  }

  [[nodiscard]] Status status() const {
    // not of the best point, which stays as good as it is while the iterates leave
    const double latest = checked_ ? *checked_ : candidate_.latest();
    return {.iteration = k_,
            .initial_residual = initial_residual_,
            .residual = checked_ ? checked_ : candidate_.residual(),
            .gap = gap_,
            .latest = latest,
            .oracle_calls = totals_.oracle_calls,
            .wire_bytes = totals_.wire_bytes_up + totals_.wire_bytes_down,
            .trend = trend_,
            .stop_requested = votes_.stop,
            .out_of_time = votes_.out_of_time};
  }

  std::optional<Termination> after_iteration() {
    audience_.tell([&](Observer& observer) { observer.iteration(k_, candidate_.latest(), totals_); });
    const auto end = check(criteria_, status());
    if (row_due()) {
      write_row();
      ++rows_;
    }
    saved_ = (votes_.save || end) && !(end && failed(*end)) && save();
    if (end && trace_every_ > 0 && !row_due()) write_row();  // of this end alone: a run that goes on has no such row
    return end;
  }

  /// Saves the state, with the totals as they are after the row.
  bool save() {
    audience_.tell([](Observer& observer) { observer.about_to_save(); });
    Votes votes;
    totals_ = agree_on(votes, seconds());
    bool saved = false;
    monitor_.write([&] { saved = supervisor_.save(*this); });
    return saved;
  }

  void write_row() {
    Row row;
    row.iteration = k_;
    const auto here = at_iterate();
    row.residual = here.residual;
    if (!std::isnan(here.residual)) row.gap = monitor_.gap(run_.method.point(), here.F);
    if (run_.solution != nullptr) {
      monitor_.at_its_expense([&] { row.distance = kernels::distance(run_.method.point(), *run_.solution); });
    }
    monitor_.at_its_expense([&] { row.measures = run_.method.measures(); });
    row.totals = totals_;
    audience_.tell([&](Observer& observer) { observer.row(row); });
    // The others wait for rank 0 to write here, and not in the next exchange, which the run is charged for.
    monitor_.at_its_expense([&] { run_.communicator.barrier(); });
  }

  Outcome finish(Termination end) {
    Outcome outcome;
    outcome.iterations = k_;
    const ConstView z = candidate_.point();
    outcome.solution.assign(z.begin(), z.end());
    outcome.returned = candidate_.which();
    const auto here = monitored(outcome.solution);
    outcome.residual = here.residual;
    if (!std::isnan(here.residual)) outcome.gap = monitor_.gap(outcome.solution, here.F);
    outcome.initial_residual = initial_residual_;
    outcome.rounding_level = rounding_level(outcome.solution);
    outcome.tolerance_met =
        suffices(outcome.residual, target(criteria_, initial_residual_)) || gap_suffices(criteria_, outcome.gap);
    if (run_.solution != nullptr) outcome.distance = kernels::distance(outcome.solution, *run_.solution);
    if (outcome.tolerance_met)
      end = Termination::converged;
    else if (outcome.residual < 0)
      end = Termination::below_reference;
    else if (end == Termination::converged || !std::isfinite(outcome.residual))
      end = Termination::not_finite;  // the method's own residual was not what a fresh evaluation finds
    outcome.termination = end;
    if (end == Termination::not_finite) outcome.not_finite_at = not_finite_at_;
    outcome.saved = saved_;
    totals_.seconds_monitor = agreement_.before().seconds_monitor + monitor_.seconds();
    totals_.monitor_oracle_calls = agreement_.before().monitor_oracle_calls +
                                   combine(run_.communicator, monitor_.ledger().oracle_calls, Reduction::sum);
    outcome.totals = totals_;
    outcome.ranks = agreement_.by_rank(seconds());
    audience_.tell([&](Observer& observer) { observer.finished(outcome); });
    agree_on_failure(run_.communicator, audience_.failure());
    return outcome;
  }

  Run run_;
  Criteria criteria_;
  std::int64_t trace_every_;
  Supervisor& supervisor_;
  Monitor monitor_;
  Audience audience_;
  Agreement agreement_;
  Candidate candidate_;
  Clock::time_point start_ = Clock::now();
  Totals totals_;
  std::int64_t k_ = 0;
  std::int64_t in_iteration_ = 0;  ///< k_, or the next while that is made
  std::optional<NotFiniteAt> not_finite_at_;
  double initial_residual_ = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> checked_;  ///< the residual that check_at_own_expense found in this iteration
  Vector F_checked_;               ///< F where it did
  std::optional<double> gap_;      ///< at the point to be returned, as find_gap found it in this iteration
  Votes votes_;                    ///< of the latest iteration
  Trend trend_;                    ///< of the residuals that the run has paid for
  std::int64_t rows_ = 0;          ///< of the trace, but for one that an end adds between those due
  bool saved_ = false;             ///< the present state
};

}  // namespace
}  // namespace solving

Outcome solve(Run run, ConstView z0, const Criteria& criteria, std::int64_t trace_every,
              std::span<Observer* const> observers) {
  return solving::Solve(run, criteria, trace_every, observers).go(z0);
}

}  // namespace vireo
