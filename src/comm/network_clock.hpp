#pragma once

#include <span>

#include "vireo/comm/simulated.hpp"

namespace vireo::comm {

/// What each operation of a communicator costs on a modelled network (see vireo/comm/simulated.hpp), in seconds.
class NetworkClock {
 public:
  /// throws UsageError unless latency >= 0 and bandwidth > 0
  NetworkClock(const NetworkModel& network, int ranks);

  /// messages sent one after the other
  [[nodiscard]] double messages(std::size_t count, std::size_t bytes) const;

  [[nodiscard]] double barrier() const { return messages(rounds_, 0); }
  /// a port sends and receives at once, one message at a time each way
  [[nodiscard]] double all_to_all(std::span<const Piece> outgoing, std::span<const Piece> incoming) const;
  [[nodiscard]] double all_gather(std::span<const Piece> pieces, int rank) const;
  [[nodiscard]] double broadcast(std::size_t bytes) const { return messages(rounds_, rounds_ * bytes); }
  [[nodiscard]] double combine(std::size_t values) const { return 2 * broadcast(sizeof(std::int64_t) * values); }

 private:
  NetworkModel network_;
  std::size_t rounds_;  ///< ceil(log2 P)
};

}  // namespace vireo::comm
