#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vireo/core/subset.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// F_m estimated from a batch B of b of the worker's r_m components (all of them if it has fewer), drawn without
/// replacement:
///
///     F_{m,B}(z) = (M r_m / n) (1/|B|) sum_{i in B} F_i(z),      E F_{m,B}(z) = F_m(z) = (M/n) sum_{i in shard m}
///     F_i(z)
///
/// The factor M r_m / n, one for shards of equal size, is that of the shard's share in F.
class SampledDifference {
 public:
  /// `batch`: b
  [[nodiscard]] static Parameter parameter();

  /// context: of the method that owns this object
  SampledDifference(const MethodContext& context, const Parameters& parameters)
      : context_(context), batch_(parameters.integer("batch")) {}

  /// D = F_{m,B}(u) - F_{m,B}(v), in one pass; B is a function of (seed, m, k)
  void operator()(Index worker, std::int64_t k, ConstView u, ConstView v, View D);

  /// b
  [[nodiscard]] Index batch() const { return batch_; }
  /// max_m r_m; collective
  [[nodiscard]] Index largest_shard() const;
  /// b M / n, at most 1: what a batch costs, relative to all of F
  [[nodiscard]] double cost() const;
  /// "b = 4 of about 100 components of a worker"
  [[nodiscard]] std::string text() const;

 private:
  const MethodContext& context_;
  Index batch_;
  std::vector<random::Offset> drawn_;
  std::vector<Index> components_;
  Vector at_v_;
};

}  // namespace vireo
