#pragma once

#include <algorithm>
#include <cstdint>

#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// a and b joined; a sum beyond 64 bits wraps around.
[[nodiscard]] constexpr std::int64_t joined(std::int64_t a, std::int64_t b, Reduction how) {
  switch (how) {
    case Reduction::minimum:
      return std::min(a, b);
    case Reduction::maximum:
      return std::max(a, b);
    case Reduction::sum:
      break;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace vireo::comm
