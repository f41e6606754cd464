#include "problems/residual_at.hpp"

#include "problems/in_context.hpp"
#include "problems/not_finite.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::problems {

void evaluate_operator(const Problem& problem, Exchange& exchange, ConstView z, View F) {
  exchange.mean(
      [&](Index m, View F_m) {
        const auto& shard = problem.shard(m);
        of_worker(m, [&] { shard.mean(z, F_m); });
        look_for_cause(problem, exchange, m, z, F_m);
        exchange.ledger().oracle_calls += static_cast<std::int64_t>(shard.components());
      },
      F);
}

double residual_at(const AnyProblem& problem, Exchange& exchange, const Regularizer& g, ConstView z, View F) {
  if (const auto* const f = problem.objective()) {
    const double residual = objective_residual(*f, g, z);
    // all ranks evaluate it alike, and it is one evaluation
    if (exchange.communicator().rank() == 0)
      exchange.ledger().oracle_calls += static_cast<std::int64_t>(problem.components());
    return residual;
  }
  evaluate_operator(*problem.operators(), exchange, z, F);
  return natural_residual(z, F, g);
}

double residual_at(const AnyProblem& problem, Exchange& exchange, const Regularizer& g, ConstView z) {
  Vector F(problem.objective() != nullptr ? 0 : z.size());
  return residual_at(problem, exchange, g, z, F);
}

}  // namespace vireo::problems
