#pragma once

#include <cstdint>
#include <span>

#include "vireo/core/reduction.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// The ranks that hold the segments of one message, for finding a number that depends on the whole message.
/// They exchange integers only, so that the result does not depend on how the message is cut. This base
/// class stands for one rank that holds the whole message.
class Holders {
 public:
  Holders() = default;
  Holders(const Holders&) = delete;
  Holders& operator=(const Holders&) = delete;
  virtual ~Holders() = default;

  /// true: the caller holds the whole message
  [[nodiscard]] virtual bool alone() const { return true; }
  /// Joins values[i] of all holders by how[i].
  virtual void combine(std::span<std::int64_t> /*values*/, std::span<const Reduction> /*how*/) {}
  /// The sum of `value` over the holders of earlier segments.
  virtual std::int64_t before(std::int64_t /*value*/) { return 0; }
};

/// Collective over the holders: max_j |x_j| of the whole message; NaN if it contains a NaN.
[[nodiscard]] double largest_magnitude(ConstView x, Holders& holders);

/// Collective over the holders: ||x||_1 of the whole message in R^d, given its largest magnitude. The terms
/// are added as integers relative to `largest`. So the sum is good to the last bits of a double, and does
/// not depend on how the message is cut. NaN or infinite if `largest` is.
[[nodiscard]] double l1_norm(ConstView x, double largest, Index dimension, Holders& holders);
/// Collective over the holders: ||x||_2 of the whole message, computed in the same way.
[[nodiscard]] double l2_norm(ConstView x, double largest, Index dimension, Holders& holders);

}  // namespace vireo
