#include "solve/monitor.hpp"

#include <limits>

#include "problems/residual_at.hpp"
#include "solve/book_to.hpp"
#include "solve/gap.hpp"

namespace vireo::solving {

Evaluation Monitor::evaluate(ConstView z) {
  Evaluation found{.residual = std::numeric_limits<double>::quiet_NaN(), .F = F_};
  at_its_expense([&] {
    const BookTo booked(run_.exchange, ledger_);
    try {
      found.residual = problems::residual_at(run_.problem, run_.exchange, run_.regularizer, z, F_);
    } catch (const NotFinite& failure) {  // on all ranks alike: the residual stays NaN
      not_finite_at_ = failure.at;
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
      value = gap_at(run_, z, F);
    } catch (const NotFinite&) {  // on all ranks alike: the gap stays NaN
    }
  });
  return value;
}

}  // namespace vireo::solving
