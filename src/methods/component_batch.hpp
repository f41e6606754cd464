#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// F estimated from a batch S of b of all n components, drawn by their number with the problem's law p:
///
///     F_S(z) = (1/b) sum_{i in S} F_i(z) / (n p_i),      E F_S(z) = F(z).
///
/// Where all components are drawn alike, S is drawn without replacement; else it is b independent draws. S is a
/// function of (seed, k): it depends neither on the ranks nor on how the components are dealt out to workers. All ranks
/// know it, and workers without a component in it send nothing.
class ComponentBatch {
 public:
  /// `batch`: b
  [[nodiscard]] static Parameter parameter();

  /// context: of the method that owns this object; b is at most n. Collective
  ComponentBatch(const MethodContext& context, const Parameters& parameters)
      : ComponentBatch(context, parameters.integer("batch")) {}
  /// b = size, by itself
  ComponentBatch(const MethodContext& context, Index size);

  /// D = F_S(u) - F_S(v) for all ranks, in one pass over S and one uncompressed round; 2 b evaluations
  void difference(std::int64_t k, ConstView u, ConstView v, View D);

  /// b
  [[nodiscard]] Index size() const { return size_; }
  /// b / n
  [[nodiscard]] double cost() const;
  /// s with E||D||^2 <= ((1-s) L^2 + s L_component^2) ||u-v||^2: (n-b) / (b (n-1)) without replacement, 1/b with
  [[nodiscard]] double spread() const;
  /// "b = 4 of 100 components, by the problem's law"
  [[nodiscard]] std::string text() const;

 private:
  void draw(std::int64_t k);
  void find_senders();
  [[nodiscard]] std::span<const Index> of_sender(Index worker) const;

  const MethodContext& context_;
  Index size_;
  bool alike_;                    ///< all components are drawn alike
  std::vector<Index> drawn_;      ///< S: numbers among all components in increasing order, then local ones
  std::vector<Index> senders_;    ///< workers with components in S
  std::vector<std::size_t> end_;  ///< of each sender's components in S
  Vector at_v_;
};

}  // namespace vireo::methods
