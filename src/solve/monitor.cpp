#include "solve/monitor.hpp"

#include <cmath>
#include <limits>

#include "solve/book_to.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::solving {

void Monitor::evaluate(ConstView z, View F) {
  run_.exchange.mean([&](Index m, View x) { run_.oracle.mean(m, z, x); }, F);
}

double Monitor::residual(ConstView z) {
  double value = std::numeric_limits<double>::quiet_NaN();
  at_its_expense([&] {
    if (const auto* const f = run_.problem.objective()) {
      value = objective_residual(*f, run_.regularizer, z);
      if (run_.communicator.rank() == 0) ledger_.oracle_calls += static_cast<std::int64_t>(run_.problem.components());
      return;
    }
    const BookTo booked(run_.exchange, ledger_);
    try {
      evaluate(z, F_);
      value = natural_residual(z, F_, run_.regularizer);
    } catch (const NotFinite&) {  // on all ranks alike: the residual stays NaN
    }
  });
  return value;
}

double Monitor::gap(ConstView z, ConstView F) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (!run_.gap || run_.problem.gap_definition().empty()) return value;
  at_its_expense([&] {
    const BookTo booked(run_.exchange, ledger_);
    try {
      if (std::isfinite(run_.regularizer.value(z))) {
        value = run_.problem.gap(run_.exchange, z, F);
        return;
      }
      Vector inside(z.begin(), z.end());
      Vector F_inside(z.size());
      run_.regularizer.prox(1.0, inside);
      evaluate(inside, F_inside);
      value = run_.problem.gap(run_.exchange, inside, F_inside);
    } catch (const NotFinite&) {  // on all ranks alike: the gap stays NaN
    }
  });
  return value;
}

}  // namespace vireo::solving
