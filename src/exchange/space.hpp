#pragma once

#include <vector>

#include "vireo/core/layout.hpp"

namespace vireo::exchanging {

/// The coordinates that are exchanged, in one segment per rank: those of R^d, or the entries that all workers send.
struct Space {
  Index dimension = 0;
  std::vector<Range> segments;  ///< in rank order
};

}  // namespace vireo::exchanging
