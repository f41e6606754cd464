#include "vireo/exchange/layout.hpp"

#include <algorithm>

namespace vireo {

Index WorkerLayout::rank_of(Index worker) const { return part_with(workers_, ranks_, worker); }

Range SegmentLayout::of(Index rank) const {
  constexpr Index line = 8;
  const Range lines = part_of((dimension_ + line - 1) / line, ranks_, rank);
  return {std::min(lines.begin * line, dimension_), std::min(lines.end * line, dimension_)};
}

}  // namespace vireo
