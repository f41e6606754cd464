#pragma once

#include <cstdint>
#include <span>

#include "io/libsvm.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::libsvm {

/// Collective: a number that tells data sets apart, the same for any number of ranks: the sum over rows of a 31-bit
/// hash (XXH3) of the row's global number, label, columns and values.
[[nodiscard]] std::uint64_t digest(Communicator& comm, std::span<const LibsvmFile::TextBlock> blocks);

}  // namespace vireo::libsvm
