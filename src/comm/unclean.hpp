#pragma once

#include <atomic>

namespace vireo::comm {

/// Set where something that MPI_Finalize would clean up cannot be cleaned up any more: the session then ends its process
/// without.
[[nodiscard]] inline std::atomic<bool>& unclean() {
  static std::atomic<bool> value{false};
  return value;
}

}  // namespace vireo::comm
