#include "io/libsvm_digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>

namespace vireo::libsvm {

std::uint64_t digest(Communicator& comm, std::span<const LibsvmFile::TextBlock> blocks) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // spreads row numbers over all bits
  std::int64_t sum = 0;
  for (const auto& [first_row, rows] : blocks) {
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto start = rows.start[i];
      const auto length = rows.start[i + 1] - start;
      const auto seed = ((first_row + i) * odd) ^ std::bit_cast<std::uint64_t>(rows.labels[i]);
      auto hash = XXH3_64bits_withSeed(rows.columns.data() + start, length * sizeof(std::uint32_t), seed);
      hash = XXH3_64bits_withSeed(rows.values.data() + start, length * sizeof(double), hash);
      sum += static_cast<std::int64_t>(hash >> 33);  // 31 bits: sums of up to 2^32 rows fit
    }
  }
  return static_cast<std::uint64_t>(combine(comm, sum, Reduction::sum));
}

}  // namespace vireo::libsvm
