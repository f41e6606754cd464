#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace vireo {

/// How `Communicator::combine` joins one number of all ranks.
enum class Reduction : std::uint8_t { sum, minimum, maximum };

/// Where a rank's part of a message buffer starts and how long it is, in bytes.
struct Piece {
  std::size_t offset = 0;  ///< from the beginning of the buffer
  std::size_t bytes = 0;   ///< 0: nothing is sent
};

/// The collective operations that Vireo needs, among the ranks of one run. All are called by all ranks
/// in the same order. Two implementations: MPI (one process a rank) and simulated (one thread a rank).
///
/// Floating-point numbers are never reduced here: sums of them have one order, which is the business of
/// whoever adds (see exchange/).
class Communicator {
 public:
  Communicator() = default;
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  virtual ~Communicator() = default;

  /// 0..P-1
  [[nodiscard]] virtual int rank() const = 0;
  /// P
  [[nodiscard]] virtual int size() const = 0;

  /// Returns when all ranks have called it.
  virtual void barrier() = 0;

  /// Sends the piece outgoing[p] of `send` to rank p, and receives rank p's piece into incoming[p] of
  /// `receive`. Piece sizes must match pairwise; the pieces of the own rank must have size 0 (a rank
  /// does not send to itself).
  virtual void all_to_all(std::span<const std::byte> send, std::span<const Piece> outgoing,
                          std::span<std::byte> receive, std::span<const Piece> incoming) = 0;

  /// In place: `buffer` holds the own piece pieces[rank()]; afterwards it holds everybody's.
  virtual void all_gather(std::span<std::byte> buffer, std::span<const Piece> pieces) = 0;

  /// Work of a rank's own, done in parts: each call does one, and returns whether there are more.
  using Work = std::function<bool()>;
  /// The same, and while others are waited for, work: `meanwhile` is called until they have come, or it has no more to
  /// do. How often that is depends on time alone, so no result may depend on it. It must neither communicate nor touch
  /// the buffer; what it throws is thrown here, after the operation.
  virtual void all_gather_while(std::span<std::byte> buffer, std::span<const Piece> pieces, const Work& meanwhile) = 0;

  /// In place: afterwards all ranks hold root's buffer; buffers must be equally long.
  virtual void broadcast(std::span<std::byte> buffer, int root) = 0;

  /// Joins values[i] of all ranks by how[i]; integers, so the result is exact.
  virtual void combine(std::span<std::int64_t> values, std::span<const Reduction> how) = 0;

  /// Bytes that this rank has sent to other ranks so far: the payload of personalised messages; for all_gather what a
  /// ring takes, where each rank passes on all pieces but its right neighbour's; for broadcast the root's for each of
  /// the others.
  [[nodiscard]] std::int64_t bytes_sent() const { return bytes_sent_; }
  /// Bytes that this rank has received from others so far; over all ranks they are as many as have been sent.
  [[nodiscard]] std::int64_t bytes_received() const { return bytes_received_; }

  /// Seconds that the communication so far would have taken on the modelled network; 0 where nothing is modelled.
  [[nodiscard]] virtual double modelled_seconds() const { return 0; }

  /// Name of the host that this rank runs on
  [[nodiscard]] virtual std::string host() const = 0;

 protected:
  /// For implementations: what an operation has moved
  void count_all_to_all(std::span<const Piece> outgoing, std::span<const Piece> incoming);
  /// as a ring moves it, see bytes_sent
  void count_all_gather(std::span<const Piece> pieces);
  /// as root sends it to each of the others
  void count_broadcast(std::size_t bytes, int root);

 private:
  std::int64_t bytes_sent_ = 0;
  std::int64_t bytes_received_ = 0;
};

/// Helpers for single values and trivially copyable types.
[[nodiscard]] std::int64_t combine(Communicator& comm, std::int64_t value, Reduction how);
/// rank's value of every rank, in rank order
[[nodiscard]] std::vector<std::int64_t> gather_all(Communicator& comm, std::int64_t value);
/// every rank's string, in rank order
[[nodiscard]] std::vector<std::string> gather_all(Communicator& comm, const std::string& text);
/// root's string, on all ranks
[[nodiscard]] std::string broadcast(Communicator& comm, const std::string& text, int root);

}  // namespace vireo
