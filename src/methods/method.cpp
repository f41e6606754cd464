#include "vireo/methods/method.hpp"

#include "problems/residual_at.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

Method::Method(MethodContext context, Needs needs) : context_(std::move(context)) {
  const auto& problem = context_.oracle.problem();
  if (needs == Needs::an_objective && problem.objective() == nullptr)
    throw UsageError(
        "this method minimises an objective, and the problem is one of an operator; see: vireo list problems");
  if (needs != Needs::an_objective && problem.operators() == nullptr)
    throw UsageError(
        "this method needs an operator, and the problem is the minimisation of an objective, known by its values alone; "
        "cbo and consensus-hopping are for these");
  if (needs == Needs::a_game && problem.operators()->game() == nullptr)
    throw UsageError("this method needs the players' costs, and the problem gives none (see: vireo list problems)");
}

void Method::evaluate(ConstView z, View F) const {
  problems::evaluate_operator(context_.oracle.operators(), context_.exchange, z, F);
}

}  // namespace vireo
