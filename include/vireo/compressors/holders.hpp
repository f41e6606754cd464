#pragma once

#include <cstdint>
#include <span>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// Those who hold the segments of one message, when they need a number that depends on all of it. Integers only: what
/// they find does not depend on how the message is cut. This base class stands for one that holds it all alone.
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

/// max_j |x_j| of the whole message; NaN if it holds a NaN.
[[nodiscard]] double largest_magnitude(ConstView x, Holders& holders);

/// ||x||_1 of the whole message in R^d, given its largest magnitude: terms are added as integers relative
/// to that, hence good to the last bits of a double and the same however the message is cut. NaN or infinite if
/// `largest` is.
[[nodiscard]] double l1_norm(ConstView x, double largest, Index dimension, Holders& holders);
/// ||x||_2, likewise
[[nodiscard]] double l2_norm(ConstView x, double largest, Index dimension, Holders& holders);

}  // namespace vireo
