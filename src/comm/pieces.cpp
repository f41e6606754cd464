#include "comm/pieces.hpp"

#include <string>

#include "vireo/core/error.hpp"

namespace vireo::comm {

void check_pieces(std::span<const Piece> pieces, int ranks, std::size_t bytes, const char* operation) {
  if (pieces.size() != static_cast<std::size_t>(ranks))
    throw Error(ErrorKind::internal, std::string(operation) + ": " + std::to_string(pieces.size()) + " pieces for " +
                                         std::to_string(ranks) + " ranks");
  for (const auto& piece : pieces) {
    // an empty piece may have any offset; the second comparison is safe from overflow after the first
    if (piece.bytes == 0 || (piece.offset <= bytes && piece.bytes <= bytes - piece.offset)) continue;
    throw Error(ErrorKind::internal, std::string(operation) + ": a piece of " + std::to_string(piece.bytes) +
                                         " bytes at offset " + std::to_string(piece.offset) +
                                         " is outside its buffer of " + std::to_string(bytes) + " bytes");
  }
}

void check_nothing_to_self(std::span<const Piece> pieces, int rank, const char* operation) {
  const auto bytes = pieces[static_cast<std::size_t>(rank)].bytes;
  if (bytes != 0)
    throw Error(ErrorKind::internal,
                std::string(operation) + ": a piece of " + std::to_string(bytes) + " bytes from a rank to itself");
}

std::size_t total_bytes(std::span<const Piece> pieces) {
  std::size_t total = 0;
  for (const auto& piece : pieces) total += piece.bytes;
  return total;
}

}  // namespace vireo::comm
