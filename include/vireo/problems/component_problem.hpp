#pragma once

#include <memory>
#include <vector>

#include "vireo/problems/problem.hpp"

namespace vireo {

/// The short way to an operator of your own: write what one component is, and Vireo makes the shards.
///
///     class MyGame : public vireo::ComponentProblem {
///      public:
///       explicit MyGame(const vireo::ProblemContext& context)
///           : ComponentProblem(context, dimension, components) {}
///       void component(Index i, ConstView z, View out) const override;   // out = F_i(z)
///     };
class ComponentProblem : public Problem, public WholeOperator {
 public:
  /// A problem of the given d and n. Throws UsageError if more workers than components are asked for.
  ComponentProblem(const ProblemContext& context, Index dimension, Index components);
  ~ComponentProblem() override;

  /// out = F_i(z) for 0 <= i < components(). Must depend on nothing but i and z, and write all of out. An
  /// exception from it ends the run with a line that names iteration, worker and component.
  virtual void component(Index i, ConstView z, View out) const = 0;

  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] Index components() const override { return components_; }
  [[nodiscard]] const Shard& shard(Index worker) const override;
  /// Any rank can evaluate any component; operator_at is the mean of all of them, in order.
  [[nodiscard]] const WholeOperator* everywhere() const override { return this; }
  void operator_at(ConstView z, View out) const override;

 private:
  Index dimension_;
  Index components_;
  Index first_worker_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace vireo
