#include "solve/monitor.hpp"

#include <limits>

namespace vireo {

double Monitor::residual(ConstView z) {
  double value = std::numeric_limits<double>::quiet_NaN();
  at_its_expense([&] {
    Ledger& paid = run_.exchange.ledger();
    run_.exchange.book_to(ledger_);
    try {
      run_.exchange.mean([&](Index m, View x) { run_.oracle.mean(m, z, x); }, F_);
      value = natural_residual(z, F_, run_.regularizer);
    } catch (const NotFinite&) {  // on all ranks alike: the residual stays NaN
    } catch (...) {
      run_.exchange.book_to(paid);
      throw;
    }
    run_.exchange.book_to(paid);
  });
  return value;
}

}  // namespace vireo
