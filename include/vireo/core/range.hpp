#pragma once

#include "vireo/core/vector.hpp"

namespace vireo {

/// The indices begin, ..., end - 1
struct Range {
  Index begin = 0;  ///< the first index
  Index end = 0;    ///< the index after the last
  /// Number of indices
  [[nodiscard]] Index size() const { return end - begin; }
  /// True if begin <= i < end
  [[nodiscard]] bool contains(Index i) const { return begin <= i && i < end; }
  /// True if begin and end are the same. Two empty ranges may differ.
  bool operator==(const Range&) const = default;
};

/// The items of owner i, where `total` items are dealt out to `parts` owners in contiguous blocks whose
/// sizes differ by at most one.
[[nodiscard]] inline Range part_of(Index total, Index parts, Index i) {
  // total * i / parts without overflow: whole shares, then the rest
  const Index share = total / parts;
  const Index rest = total % parts;
  const auto start = [&](Index k) { return share * k + rest * k / parts; };
  return {start(i), start(i + 1)};
}

/// The owner of an item: the i for which part_of(total, parts, i) contains it.
[[nodiscard]] Index part_with(Index total, Index parts, Index item);

}  // namespace vireo
