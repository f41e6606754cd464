#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "linalg/sparse_rows.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/core/vector.hpp"

namespace vireo {

/// A LIBSVM file, spread over the ranks as it was read: rank r holds some blocks of consecutive rows.
struct LibsvmFile {
  /// Consecutive rows that one piece of the text held.
  struct TextBlock {
    std::uint64_t first_row = 0;  ///< global number of its first row
    linalg::SparseRows rows;      ///< in the order of the file
  };
  std::vector<TextBlock> blocks;  ///< of this rank
  std::uint64_t rows = 0;         ///< over all ranks
  std::uint64_t features = 0;     ///< largest index found, over all ranks
  std::uint64_t nonzeros = 0;     ///< over all ranks
  std::uint64_t bytes = 0;        ///< size of the file
  std::uint64_t digest = 0;       ///< hash of all rows, the same for any number of ranks and for plain and gzip
};

/// Reads a LIBSVM text file, plain or gzip (told by its first two bytes). Collective. `label index:value ...`, indices
/// from 1 and increasing; blank lines, `#` comments and CRLF line ends are skipped. Each rank reads only its share of a
/// plain file; a gzip file is streamed once by rank 0, which deals out its text in blocks that the ranks parse.
///
/// throws DataError "PATH:LINE: what is wrong", the same on all ranks, about the first wrong line of the file whatever
/// the number of ranks: missing file, directory, no rows, bad label, bad index (0, negative, not increasing, above
/// 2^31), bad number, nan or infinity, binary junk. A gzip stream that is truncated, corrupt or followed by something
/// else is reported before any line of its text.
[[nodiscard]] LibsvmFile read_libsvm(Communicator& comm, const std::string& path);

/// Moves rows to the workers' ranks: worker m gets the rows whose position (the row number itself, or its image under
/// the permutation drawn from `shuffle_seed`) falls into part_of(rows, M, m), in order of position. Collective;
/// consumes the file. Returns the rows of each worker of this rank.
[[nodiscard]] std::vector<linalg::SparseRows> deal_rows(Communicator& comm, LibsvmFile&& file,
                                                        const WorkerLayout& layout, bool shuffled,
                                                        std::uint64_t shuffle_seed);

}  // namespace vireo
