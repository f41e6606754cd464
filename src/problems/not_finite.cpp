#include "problems/not_finite.hpp"

#include "vireo/core/kernels.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo::problems {
namespace {

bool operators_fault(const Exchange& exchange, ConstView z, ConstView F_z) {
  return exchange.looks_for_cause() && !kernels::all_finite(F_z) && kernels::all_finite(z);
}

/// The first of the components, by their numbers among all n, whose F_i(z) is not finite. Empty: the problem does not
/// give them one by one, or only their sum is not finite.
template <class Components>
std::optional<Index> find_component(const Problem& problem, const Components& components, ConstView z) {
  const auto* const by_component = dynamic_cast<const ComponentProblem*>(&problem);
  if (by_component == nullptr) return std::nullopt;
  Vector F_i(z.size());
  std::optional<Index> first;
  for (const Index i : components) {
    if (first && *first <= i) continue;
    by_component->component(i, z, F_i);
    if (!kernels::all_finite(F_i)) first = i;
  }
  return first;
}

}  // namespace

void look_for_cause(const Problem& problem, const Exchange& exchange, Index worker, ConstView z, ConstView F_z) {
  if (!operators_fault(exchange, z, F_z)) return;
  const Range all = part_of(problem.components(), problem.layout().workers(), worker);
  std::vector<Index> components(all.size());
  for (Index i = 0; i < all.size(); ++i) components[i] = all.begin + i;
  exchange.found({.worker = worker, .component = find_component(problem, components, z), .size = kernels::norm(z)});
}

void look_for_cause(const Problem& problem, const Exchange& exchange, Index worker, std::span<const Index> batch,
                    ConstView z, ConstView F_z) {
  if (!operators_fault(exchange, z, F_z)) return;
  const Range all = part_of(problem.components(), problem.layout().workers(), worker);
  std::vector<Index> components(batch.begin(), batch.end());
  for (Index& i : components) i += all.begin;
  exchange.found({.worker = worker, .component = find_component(problem, components, z), .size = kernels::norm(z)});
}

}  // namespace vireo::problems
