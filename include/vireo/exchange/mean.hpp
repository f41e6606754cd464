#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "vireo/core/kernels.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// The result of an exchange: a vector of R^d, given by all of its numbers, or by its entries where a
/// compressor keeps few. It is a view, valid until the next exchange.
class Mean {
 public:
  /// A vector given by all of its numbers
  explicit Mean(ConstView numbers) : values_(numbers) {}
  /// A vector given by its entries: values[i] at coordinate places[i], in increasing order, and zero
  /// elsewhere
  Mean(std::span<const Index> places, ConstView values) : places_(places), values_(values), entries_(true) {}

  /// True if it is given by its entries
  [[nodiscard]] bool by_entries() const { return entries_; }
  /// The coordinates of the entries, in increasing order
  [[nodiscard]] std::span<const Index> places() const { return places_; }
  /// The values of the entries, or those of all coordinates
  [[nodiscard]] ConstView values() const { return values_; }

  /// out = this vector. If it is given by all of its numbers, `out` may be the storage of these.
  void copy_to(View out) const {
    if (!entries_) {
      if (out.data() != values_.data()) std::ranges::copy(values_, out.begin());
      return;
    }
    std::ranges::fill(out, 0.0);
    for (std::size_t i = 0; i < places_.size(); ++i) out[places_[i]] = values_[i];
  }

 private:
  std::span<const Index> places_;
  ConstView values_;
  bool entries_ = false;
};

/// The kernels that methods need with a result G of an exchange. For G they cost as much as it has entries.
namespace kernels {

/// y += a G
inline void axpy(double a, const Mean& G, View y) {
  if (!G.by_entries()) {
    axpy(a, G.values(), y);
    return;
  }
  for (std::size_t i = 0; i < G.places().size(); ++i) y[G.places()[i]] += a * G.values()[i];
}
/// out = x + a G
inline void add_scaled(ConstView x, double a, const Mean& G, View out) {
  if (!G.by_entries()) {
    add_scaled(x, a, G.values(), out);
    return;
  }
  std::ranges::copy(x, out.begin());
  axpy(a, G, out);
}
/// out = x - G
inline void subtract(ConstView x, const Mean& G, View out) { add_scaled(x, -1.0, G, out); }

}  // namespace kernels
}  // namespace vireo
