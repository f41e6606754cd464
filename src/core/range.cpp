#include "vireo/core/range.hpp"

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

}  // namespace vireo
