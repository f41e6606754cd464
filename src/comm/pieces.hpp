#pragma once

#include <span>

#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// Throws Error(internal) unless there is one piece for each rank and all lie within a buffer of `bytes`.
void check_pieces(std::span<const Piece> pieces, int ranks, std::size_t bytes, const char* operation);

/// Throws Error(internal) unless a rank's piece for itself is empty.
void check_nothing_to_self(std::span<const Piece> pieces, int rank, const char* operation);

/// all bytes of the pieces
[[nodiscard]] std::size_t total_bytes(std::span<const Piece> pieces);

}  // namespace vireo::comm
