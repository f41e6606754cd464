#include "vireo/problems/component_problem.hpp"

#include <algorithm>
#include <string>

#include "problems/in_context.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// out += F_i(z). What F_i throws says of which component it is.
void add_component(const ComponentProblem& problem, Index i, ConstView z, View term, View out) {
  try {
    problem.component(i, z, term);
  } catch (...) {
    problems::throw_within(problems::name_of_component(i));
  }
  kernels::axpy(1.0, term, out);
}

/// The components `range` of a ComponentProblem, one after the other.
class ComponentShard final : public Shard {
 public:
  ComponentShard(const ComponentProblem& problem, Index dimension, Range range, double weight)
      : problem_(problem), range_(range), weight_(weight), term_(dimension) {}

  [[nodiscard]] Index components() const override { return range_.size(); }

  void mean(ConstView z, View out) const override {
    std::fill(out.begin(), out.end(), 0.0);
    for (Index i = range_.begin; i < range_.end; ++i) add(i, z, out);
    kernels::scale(weight_, out);
  }

  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override {
    std::fill(out.begin(), out.end(), 0.0);
    for (const Index i : batch) add(range_.begin + i, z, out);
    kernels::scale(1.0 / static_cast<double>(batch.size()), out);
  }

 private:
  void add(Index i, ConstView z, View out) const { add_component(problem_, i, z, term_, out); }

  const ComponentProblem& problem_;
  Range range_;
  double weight_;        ///< M/n
  mutable Vector term_;  ///< a shard is used by one thread
};

}  // namespace

ComponentProblem::ComponentProblem(const ProblemContext& context, Index dimension, Index components)
    : Problem(context.place(components)), dimension_(dimension), components_(components), first_worker_(0) {
  const Range mine = layout().workers_of(static_cast<Index>(context.communicator().rank()));
  first_worker_ = mine.begin;
  const double weight = static_cast<double>(layout().workers()) / static_cast<double>(components);
  for (Index m = mine.begin; m < mine.end; ++m)
    shards_.push_back(
        std::make_unique<ComponentShard>(*this, dimension, part_of(components, layout().workers(), m), weight));
}

ComponentProblem::~ComponentProblem() = default;

void ComponentProblem::operator_at(ConstView z, View out) const {
  Vector term(dimension_);
  std::fill(out.begin(), out.end(), 0.0);
  for (Index i = 0; i < components_; ++i) add_component(*this, i, z, term, out);
  kernels::scale(1.0 / static_cast<double>(components_), out);
}

const Shard& ComponentProblem::shard(Index worker) const { return *shards_.at(worker - first_worker_); }

}  // namespace vireo
