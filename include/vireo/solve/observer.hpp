#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "vireo/core/state.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/exchange/ledger.hpp"
#include "vireo/solve/criteria.hpp"

namespace vireo {

/// One row of the trace, which describes the run after `iteration` iterations.
struct Row {
  std::int64_t iteration = 0;                                  ///< k; 0 in the first row
  double residual = 0;                                         ///< ||z - prox_g(z - F(z))|| at z^k
  double distance = std::numeric_limits<double>::quiet_NaN();  ///< ||z^k - z*||, if z* is known
  double gap = std::numeric_limits<double>::quiet_NaN();       ///< Problem::gap, where there is one
  std::vector<Measure> measures{};                             ///< Method::measures
  Totals totals;                                               ///< after k iterations
};

/// How a run ended.
struct Outcome {
  Termination termination = Termination::max_iterations;  ///< why it ended
  std::int64_t iterations = 0;                            ///< K, the number of iterations
  Vector solution;                                        ///< the point returned
  ReturnPoint returned = ReturnPoint::last;               ///< which point `solution` is
  double residual = 0;          ///< recomputed from scratch, uncompressed, at the point returned
  double initial_residual = 0;  ///< the residual at z^0
  bool tolerance_met = false;   ///< true: `residual`, or `gap`, is within the tolerance
  bool saved = false;           ///< true: the state at the end was saved, and can be resumed
  double rounding_level = 0;    ///< of the residual at the end: what the rounding of F alone makes of it
  double distance = std::numeric_limits<double>::quiet_NaN();  ///< ||solution - z*||, if z* is known
  double gap = std::numeric_limits<double>::quiet_NaN();       ///< Problem::gap there, if there is one
  Totals totals;                                               ///< costs of the run since its first start
  std::vector<RankTotals> ranks{};                             ///< costs of each rank, in rank order
  std::optional<NotFiniteAt> not_finite_at{};                  ///< where F was the cause of not_finite, if it was
};

/// Is told what happens while a run goes on, and never changes it. Called on rank 0 only.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  /// True if rows shall be made for this observer even if no trace is written; the residual of a row may
  /// have to be computed for that. If false, `row` is called with the rows that are made for others.
  [[nodiscard]] virtual bool wants_rows() const { return true; }
  /// Called with each row of the trace. Row 0 is the starting point.
  virtual void row(const Row& /*row*/) {}
  /// Called after every iteration, with the latest residual that the method knows.
  virtual void iteration(std::int64_t /*iteration*/, double /*known_residual*/, const Totals& /*totals*/) {}
  /// Called at most once in a run, also over interruptions: the residual has come down to `level` and has not fallen
  /// for long, although it is far above the level of rounding.
  virtual void noise_floor(std::int64_t /*iteration*/, double /*level*/) {}
  /// Called before the state is saved. What was observed so far must then be brought to the disk.
  virtual void about_to_save() {}
  /// Called once at the end, unless an error ends the run.
  virtual void finished(const Outcome& /*outcome*/) {}
};

/// Keeps the rows of a run in memory.
class MemoryTrace final : public Observer {
 public:
  void row(const Row& row) override { rows_.push_back(row); }
  /// The rows in the order of their iterations, on rank 0
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

}  // namespace vireo
