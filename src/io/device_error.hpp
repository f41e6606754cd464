#pragma once

#include <cerrno>

namespace vireo::io {

/// Whether a system call failed for a reason that lies with the disk, its file system or the system's limits, and not
/// with the file that was asked for.
[[nodiscard]] constexpr bool is_of_device(int error) {
  switch (error) {
    case EIO:
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EFBIG:
    case ESTALE:
    case ETIMEDOUT:
    case EMFILE:
    case ENFILE:
      return true;
    default:
      return false;
  }
}

}  // namespace vireo::io
