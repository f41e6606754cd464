#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "vireo/core/reduction.hpp"

namespace vireo {

/// Where a rank's part of a message buffer starts and how long it is, in bytes.
struct Piece {
  std::size_t offset = 0;  ///< from the beginning of the buffer
  std::size_t bytes = 0;   ///< 0: nothing is sent
};

/// The collective operations that Vireo needs, among the ranks of one run. All ranks call all of them in the
/// same order. There are two implementations: MPI, where a rank is a process, and simulated ranks, where it
/// is a thread.
///
/// Floating-point numbers are never reduced here. Their sums have one order on any number of ranks, and the
/// caller that adds them sees to it (see Exchange).
class Communicator {
 public:
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  virtual ~Communicator() = default;

  /// Number of this rank, from 0 to P-1
  [[nodiscard]] virtual int rank() const = 0;
  /// P, the number of ranks
  [[nodiscard]] virtual int size() const = 0;

  /// Returns when all ranks have called it.
  virtual void barrier() = 0;

  /// Sends the piece outgoing[p] of `send` to rank p, and receives the piece from rank p into incoming[p] of
  /// `receive`. The sizes must match pairwise. A rank does not send to itself: its own pieces must have
  /// size 0.
  virtual void all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing,
                          std::span<std::byte> receive, std::span<const Piece> incoming) = 0;

  /// In place: before, `buffer` holds this rank's piece, pieces[rank()]; afterwards it holds the pieces of
  /// all ranks.
  virtual void all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) = 0;

  /// Work of this rank alone, in parts. Each call does one part, and returns true if there are more.
  using Work = std::function<bool()>;
  /// Like all_gather, but works while it waits: `meanwhile` is called until the other ranks have come, or
  /// until it has no more to do. The number of calls depends on time, so no result may depend on it.
  /// `meanwhile` must neither communicate nor touch the buffer. If it throws, the exception is thrown here,
  /// after the operation.
  virtual void all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces, const Work& meanwhile) = 0;

  /// In place: afterwards all ranks hold the buffer of `root`. The buffers must be equally long.
  virtual void broadcast(std::span<std::byte> buffer, int root) = 0;

  /// Joins values[i] of all ranks by how[i]. These are integers, so the result is exact.
  virtual void combine(std::span<std::int64_t> values, std::span<const Reduction> how) = 0;

  /// Bytes that this rank has sent to other ranks so far: for all_to_all, the pieces; for all_gather, what a
  /// ring takes, where each rank passes on all pieces but that of its right neighbour; for broadcast, the
  /// buffer of the root once for each of the other ranks.
  [[nodiscard]] std::int64_t bytes_sent() const { return bytes_sent_; }
  /// Bytes that this rank has received from other ranks so far. Summed over all ranks, they equal the bytes
  /// sent.
  [[nodiscard]] std::int64_t bytes_received() const { return bytes_received_; }

  /// Seconds that the communication so far would have taken on the modelled network; 0 if there is no model.
  [[nodiscard]] virtual double modelled_seconds() const { return 0; }

  /// Name of the host that this rank runs on
  [[nodiscard]] virtual std::string host() const = 0;

 protected:
  /// For implementations: counts the bytes of an all_to_all.
  void count_all_to_all(std::span<const Piece> outgoing, std::span<const Piece> incoming);
  /// For implementations: counts the bytes of an all_gather, as a ring moves them (see bytes_sent).
  void count_all_gather(std::span<const Piece> pieces);
  /// For implementations: counts the bytes of a broadcast, which root sends to each of the others.
  void count_broadcast(std::size_t bytes, int root);

 private:
  std::int64_t bytes_sent_ = 0;
  std::int64_t bytes_received_ = 0;
};

/// Collective: the values of all ranks, joined by `how`.
[[nodiscard]] std::int64_t combine(Communicator& comm, std::int64_t value, Reduction how);
/// Collective: the values of all ranks, in the order of the ranks.
[[nodiscard]] std::vector<std::int64_t> gather_all(Communicator& comm, std::int64_t value);
/// Collective: the strings of all ranks, in the order of the ranks.
[[nodiscard]] std::vector<std::string> gather_all(Communicator& comm, const std::string& text);
/// Collective: the string of `root`, on all ranks.
[[nodiscard]] std::string broadcast(Communicator& comm, const std::string& text, int root);

}  // namespace vireo
