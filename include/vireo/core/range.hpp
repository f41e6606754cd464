#pragma once

#include "vireo/core/vector.hpp"

namespace vireo {

/// [begin, end)
struct Range {
  Index begin = 0;  ///< the first
  Index end = 0;    ///< the one after the last
  /// how many there are
  [[nodiscard]] Index size() const { return end - begin; }
  /// begin <= i < end
  [[nodiscard]] bool contains(Index i) const { return begin <= i && i < end; }
  /// the same begin and the same end: two empty ranges may differ
  bool operator==(const Range&) const = default;
};

/// Part i of `total` items dealt out to `parts` owners in contiguous blocks that differ by at most one item.
[[nodiscard]] inline Range part_of(Index total, Index parts, Index i) {
  // total * i / parts without overflow: whole shares, then the rest
  const Index share = total / parts;
  const Index rest = total % parts;
  const auto start = [&](Index k) { return share * k + rest * k / parts; };
  return {start(i), start(i + 1)};
}

/// The i with item in part_of(total, parts, i)
[[nodiscard]] Index part_with(Index total, Index parts, Index item);

}  // namespace vireo
