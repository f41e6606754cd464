#include <cmath>

#include "problems/checks/trial.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems::checks {
namespace {

Trial::Fault fault_of_blocks(const Problem& problem) {
  const auto blocks = problem.blocks();
  if (problem.own_regularizers().size() > blocks.size())
    return "own_regularizers() has " + std::to_string(problem.own_regularizers().size()) + " entries for " +
           std::to_string(blocks.size()) + " blocks";
  Index next = 0;
  for (const auto& block : blocks) {
    if (block.range.begin != next || block.range.end < next)
      return "blocks(): block '" + block.name + "' begins at " + std::to_string(block.range.begin) + ", not at " +
             std::to_string(next);
    next = block.range.end;
  }
  if (next == problem.dimension()) return std::nullopt;
  return "blocks() cover " + std::to_string(next) + " of " + std::to_string(problem.dimension()) + " coordinates";
}

Trial::Fault fault_of_start(const Problem& problem) {
  const Vector start = problem.initial_point();
  if (start.size() != problem.dimension())
    return "initial_point() has " + std::to_string(start.size()) + " coordinates, dimension() is " +
           std::to_string(problem.dimension());
  if (!kernels::all_finite(start)) return "initial_point() is not finite";
  return std::nullopt;
}

Trial::Fault fault_of_domain(const Trial& trial) {
  for (const auto& z : trial.points.all)
    if (!std::isfinite(trial.g.value(z))) return "g(prox_g(z)) is not finite at prox_g(z) = " + text_of(z);
  return std::nullopt;
}

}  // namespace

void check_set(Trial& trial) {
  auto fault = fault_of_blocks(trial.problem);
  if (!fault) fault = fault_of_start(trial.problem);
  trial.add("blocks and start fit", fault);
  trial.add("prox gives points of g", fault_of_domain(trial), trial.g.description());
}

}  // namespace vireo::problems::checks
