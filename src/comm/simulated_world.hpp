#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "comm/network_clock.hpp"
#include "vireo/core/error.hpp"

namespace vireo::comm {

/// What a simulated rank brings to a collective operation.
struct SimulatedCall {
  enum class Operation : std::uint8_t { barrier, all_to_all, all_gather, broadcast, combine };

  Operation operation = Operation::barrier;
  std::span<const std::byte> send;
  std::span<std::byte> receive;  ///< or the buffer of an operation in place
  std::span<const Piece> outgoing;
  std::span<const Piece> incoming;
  std::span<std::int64_t> values;
  std::span<const Reduction> how;
  int root = 0;
};

/// Where the simulated ranks meet.
///
/// A collective operation is decided when every rank has either arrived at it or ended: it is then carried out
/// by the last one, while all others sleep, or it can never be complete and fails for all who wait. So which rank fails
/// with what does not depend on the order in which threads run.
class SimulatedWorld {
 public:
  SimulatedWorld(const NetworkModel& network, int ranks);

  /// `meanwhile`: see Communicator::all_gather_while.
  /// throws PeerFailure if a rank ended by an exception, Error(internal) if the ranks' calls do not fit together
  void collective(int rank, const SimulatedCall& call, const Communicator::Work& meanwhile = {});

  /// To be called once by every rank that ends, by `failure` or (null) normally.
  void leave(int rank, const std::exception_ptr& failure);

  [[nodiscard]] int ranks() const { return ranks_; }
  /// to be called by the rank itself
  [[nodiscard]] double clock(int rank) const { return clocks_[static_cast<std::size_t>(rank)]; }

 private:
  /// Why no collective operation can be completed any more.
  struct Broken {
    bool by_peer;
    ErrorKind kind;
    std::string text;  ///< by a peer: of what the peer threw
  };
  void decide();
  [[nodiscard]] Broken incomplete() const;
  [[noreturn]] void fail() const;
  void check_same_operation() const;
  void carry_out();
  void all_to_all();
  void all_gather();
  void broadcast();
  void combine();

  const int ranks_;
  const NetworkClock network_;
  std::vector<double> clocks_;

  std::mutex mutex_;
  std::condition_variable decided_;
  std::vector<SimulatedCall> calls_;
  std::vector<bool> ended_;
  std::vector<std::exception_ptr> failures_;
  int waiting_ = 0;
  int gone_ = 0;
  std::uint64_t turn_ = 0;
  std::optional<Broken> broken_;
};

}  // namespace vireo::comm
