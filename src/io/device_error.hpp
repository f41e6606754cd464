#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "vireo/core/error.hpp"

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

/// throws IoError or DataError, as the reason is; `text` stands before it.
[[noreturn]] inline void refuse_to_read(const std::string& text, int error) {
  if (is_of_device(error)) throw IoError(text + std::strerror(error));
  throw DataError(text + std::strerror(error));
}

}  // namespace vireo::io
