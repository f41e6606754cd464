#include "comm/mpi_counts.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "vireo/core/error.hpp"

namespace vireo::comm {
namespace {

int checked(std::size_t bytes, int unit, const char* what) {
  const auto units = bytes / static_cast<std::size_t>(unit);
  if (units > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw Error(ErrorKind::internal, std::string("a message's ") + what + " of " + std::to_string(bytes) +
                                         " bytes is more than MPI can count in units of " + std::to_string(unit) +
                                         " bytes: use more ranks");
  return static_cast<int>(units);
}

}  // namespace

void MpiCounts::assign(std::span<const Piece> pieces) {
  const bool words = std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.bytes == 0 || (piece.bytes % 8 == 0 && piece.offset % 8 == 0);
  });
  unit = words ? 8 : 1;
  counts.resize(pieces.size());
  offsets.resize(pieces.size());
  for (std::size_t p = 0; p < pieces.size(); ++p) {
    counts[p] = checked(pieces[p].bytes, unit, "size");
    // where an empty piece would start does not matter, and need not fit
    offsets[p] = pieces[p].bytes == 0 ? 0 : checked(pieces[p].offset, unit, "offset");
  }
}

}  // namespace vireo::comm
