#pragma once

#include <atomic>
#include <cstdint>

namespace vireo::comm {

/// Counts the operations that ranks of this process have completed together with all others. A count that stands still
/// says that a rank is busy with something else for long, hangs or is stopped.
[[nodiscard]] inline std::atomic<std::uint64_t>& signs_of_life() {
  static std::atomic<std::uint64_t> count{0};
  return count;
}

}  // namespace vireo::comm
