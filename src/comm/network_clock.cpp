#include "comm/network_clock.hpp"

#include <algorithm>
#include <bit>

#include "comm/pieces.hpp"
#include "vireo/core/error.hpp"

namespace vireo::comm {

NetworkClock::NetworkClock(const NetworkModel& network, int ranks)
    : network_(network), rounds_(static_cast<std::size_t>(std::bit_width(static_cast<unsigned>(ranks) - 1U))) {
  // written so that NaN is refused too
  if (!(network.latency_seconds >= 0)) throw UsageError("the latency of a simulated network must not be negative");
  if (!(network.bytes_per_second > 0)) throw UsageError("the bandwidth of a simulated network must be positive");
}

double NetworkClock::messages(std::size_t count, std::size_t bytes) const {
  return static_cast<double>(count) * network_.latency_seconds + static_cast<double>(bytes) / network_.bytes_per_second;
}

double NetworkClock::all_to_all(std::span<const Piece> outgoing, std::span<const Piece> incoming) const {
  const auto port = [this](std::span<const Piece> pieces) {
    const auto empty = std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.bytes == 0; });
    return messages(pieces.size() - static_cast<std::size_t>(empty), total_bytes(pieces));
  };
  return std::max(port(outgoing), port(incoming));
}

double NetworkClock::all_gather(std::span<const Piece> pieces, int rank) const {
  return messages(rounds_, total_bytes(pieces) - pieces[static_cast<std::size_t>(rank)].bytes);
}

}  // namespace vireo::comm
