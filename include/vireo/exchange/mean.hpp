#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "vireo/core/kernels.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// What an exchange gives: a vector of R^d by all of its numbers, or, where a compressor keeps few, by its entries. A
/// view; what it shows stays until the next exchange.
class Mean {
 public:
  /// by all of its numbers
  explicit Mean(ConstView numbers) : values_(numbers) {}
  /// values[i] at places[i], in increasing order; zero elsewhere
  Mean(std::span<const Index> places, ConstView values) : places_(places), values_(values), entries_(true) {}

  /// true: given by entries
  [[nodiscard]] bool by_entries() const { return entries_; }
  /// of the entries, in increasing order
  [[nodiscard]] std::span<const Index> places() const { return places_; }
  /// one for each place, or for each coordinate
  [[nodiscard]] ConstView values() const { return values_; }

  /// out = this; out may be where the numbers already are
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

/// The kernels that methods need, at the cost of the entries for what concerns G.
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
