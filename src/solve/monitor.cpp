#include "solve/monitor.hpp"

#include <cmath>
#include <limits>

#include "problems/residual_at.hpp"
#include "solve/book_to.hpp"

namespace vireo::solving {

Evaluation Monitor::evaluate(ConstView z) {
  Evaluation found{.residual = std::numeric_limits<double>::quiet_NaN(), .F = F_};
  at_its_expense([&] {
    const BookTo booked(run_.exchange, ledger_);
    try {
      found.residual = problems::residual_at(run_.problem, run_.exchange, run_.regularizer, z, F_);
    } catch (const NotFinite&) {  // on all ranks alike: the residual stays NaN
    }
  });
  return found;
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
      problems::evaluate_operator(run_.problem, run_.exchange, inside, F_inside);
      value = run_.problem.gap(run_.exchange, inside, F_inside);
    } catch (const NotFinite&) {  // on all ranks alike: the gap stays NaN
    }
  });
  return value;
}

}  // namespace vireo::solving
