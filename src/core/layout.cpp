#include "vireo/core/layout.hpp"

#include <algorithm>

namespace vireo {

Index part_with(Index total, Index parts, Index item) {
  const double share = static_cast<double>(total) / static_cast<double>(parts);
  Index i = std::min(static_cast<Index>(static_cast<double>(item) / share), parts - 1);
  // rounding, and parts are not all of one size
  while (part_of(total, parts, i).end <= item) ++i;
  while (part_of(total, parts, i).begin > item) --i;
  return i;
}

Index WorkerLayout::rank_of(Index worker) const { return part_with(workers_, ranks_, worker); }

Range SegmentLayout::of(Index rank) const {
  constexpr Index line = 8;
  const Range lines = part_of((dimension_ + line - 1) / line, ranks_, rank);
  return {std::min(lines.begin * line, dimension_), std::min(lines.end * line, dimension_)};
}

}  // namespace vireo
