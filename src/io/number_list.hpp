#pragma once

#include <string>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::io {

/// Reads a text file with one number a line; blank lines and `#` comments are skipped. Rank 0 reads, all get the
/// numbers. Collective. throws DataError "PATH:LINE: what is wrong", the same on all ranks: missing file, no numbers,
/// not a number, nan or infinity
[[nodiscard]] Vector read_number_list(Communicator& comm, const std::string& path);

}  // namespace vireo::io
