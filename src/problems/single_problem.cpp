#include "vireo/core/error.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo {

SingleProblem::SingleProblem(const ProblemContext& context, Vector start, std::vector<Set> sets)
    : ComponentProblem(context, start.size(), 1), start_(std::move(start)), sets_(std::move(sets)) {
  if (sets_.empty()) sets_.push_back({"z", start_.size(), nullptr});
  Index total = 0;
  for (const auto& set : sets_) total += set.size;
  if (total != start_.size())
    throw UsageError("the sets are of " + std::to_string(total) + " coordinates, the start is of " +
                     std::to_string(start_.size()));
}

std::vector<Block> SingleProblem::blocks() const {
  std::vector<Block> out;
  Index next = 0;
  for (const auto& set : sets_) {
    out.push_back({set.name, {next, next + set.size}});
    next += set.size;
  }
  return out;
}

std::vector<RegularizerPointer> SingleProblem::own_regularizers() const {
  std::vector<RegularizerPointer> out;
  for (const auto& set : sets_) out.push_back(set.set);
  return out;
}

}  // namespace vireo
