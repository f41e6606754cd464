#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "vireo/core/state.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/ledger.hpp"
#include "vireo/solve/criteria.hpp"

namespace vireo {

/// One row of the trace: the state after `iteration` iterations.
struct Row {
  std::int64_t iteration = 0;                                  ///< k; row 0 has k = 0
  double residual = 0;                                         ///< ||z - prox_g(z - F(z))|| at z^k
  double distance = std::numeric_limits<double>::quiet_NaN();  ///< ||z^k - z*||, if z* is known
  double gap = std::numeric_limits<double>::quiet_NaN();       ///< Problem::gap, where there is one
  std::vector<Measure> measures{};                             ///< Method::measures
  Totals totals;                                               ///< after k iterations
};

/// How a run ended.
struct Outcome {
  Termination termination =
      Termination::max_iterations;           ///< why it ended; converged only if `residual` is within the tolerance
  std::int64_t iterations = 0;               ///< K
  Vector solution;                           ///< the point returned
  ReturnPoint returned = ReturnPoint::last;  ///< which point `solution` is
  double residual = 0;                       ///< recomputed from scratch, uncompressed, at the point returned
  double initial_residual = 0;               ///< at z^0
  bool tolerance_met = false;                ///< of `residual`, not of what the method thought
  bool saved = false;                        ///< the state at the end was saved: the run can go on from there
  double distance = std::numeric_limits<double>::quiet_NaN();  ///< ||solution - z*||, if z* is known
  double gap = std::numeric_limits<double>::quiet_NaN();       ///< Problem::gap at the solution, where there is one
  Totals totals;                    ///< of the whole run, with what came before if it was resumed
  std::vector<RankTotals> ranks{};  ///< in the order of the ranks
};

/// Looks on while a run goes; never changes it. Called on rank 0 only.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;

  /// Whether rows shall be made for this observer, where there is no trace that has them: the residual of a row may
  /// have to be computed for it. Otherwise `row` is called for those that others want.
  [[nodiscard]] virtual bool wants_rows() const { return true; }
  /// a row of the trace (the starting point is row 0)
  virtual void row(const Row& /*row*/) {}
  /// after every iteration: the latest residual that the method knows
  virtual void iteration(std::int64_t /*iteration*/, double /*known_residual*/, const Totals& /*totals*/) {}
  /// before the state is saved: what was observed so far must survive the machine
  virtual void about_to_save() {}
  /// once, at the end, unless an error ends the run
  virtual void finished(const Outcome& /*outcome*/) {}
};

/// Keeps the rows of a run in memory.
class MemoryTrace final : public Observer {
 public:
  void row(const Row& row) override { rows_.push_back(row); }
  /// in the order of their iterations; on rank 0
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<Row> rows_;
};

}  // namespace vireo
