#include "problems/checks/trial.hpp"

namespace vireo {

bool OperatorReport::holds() const {
  for (const auto& check : checks)
    if (check.verdict == OperatorCheck::Verdict::fails) return false;
  return true;
}

OperatorReport check_operator(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0) {
  problems::checks::Trial trial(problem, exchange, g, z0);
  check_set(trial);
  if (check_values(trial)) {
    check_forms(trial);
    check_affine(trial);
    check_whole(trial);
  }
  return trial.report();
}

}  // namespace vireo
