#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vireo/core/subset.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// F_m estimated from a batch B of b of the worker's r_m components (all of them if it has no more):
///
///     F_{m,B}(z) = M P_m (1/b) sum_{i in B} F_i(z) / (n p_i),      E F_{m,B}(z) = F_m(z)
///
/// p is the law by which the problem draws components, P_m the sum of the p_i in the shard. Where all are drawn alike,
/// B is drawn without replacement and the factors are M r_m / n, the shard's share in F, and 1; else B is b independent
/// draws by p_i / P_m.
class SampledDifference {
 public:
  /// `batch`: b
  [[nodiscard]] static Parameter parameter();

  /// context: of the method that owns this object
  SampledDifference(const MethodContext& context, const Parameters& parameters)
      : SampledDifference(context, parameters.integer("batch")) {}
  /// batch: b, of each worker; all of a smaller shard
  SampledDifference(const MethodContext& context, Index batch) : context_(context), batch_(batch) {}

  /// D = F_{m,B}(u) - F_{m,B}(v), in one pass; B is a function of (seed, m, k)
  void operator()(Index worker, std::int64_t k, ConstView u, ConstView v, View D);

  /// For all m: (1/M) sum_m E||D_m||^2 <= ((1-s) L_tilde^2 + s W L_component^2) ||u - v||^2
  struct Moments {
    double s = 0;  ///< largest of the s_m: 0 for whole shards, (r_m-b) / (b (r_m-1)) without replacement, 1/b with
    double W = 1;  ///< largest of the M P_m
  };
  /// collective
  [[nodiscard]] Moments moments() const;

  /// b M / n, at most 1: what a batch costs, relative to all of F
  [[nodiscard]] double cost() const;
  /// "b = 4 of 100 components of a worker"
  [[nodiscard]] std::string text() const;

 private:
  void draw(Index worker, std::int64_t k);

  const MethodContext& context_;
  Index batch_;
  std::vector<random::Offset> drawn_;
  std::vector<Index> components_;
  Vector at_v_;
};

}  // namespace vireo::methods
