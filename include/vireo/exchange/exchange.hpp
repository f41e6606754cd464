#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "vireo/comm/communicator.hpp"
#include "vireo/compressors/compressor.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/core/state.hpp"
#include "vireo/exchange/ledger.hpp"
#include "vireo/exchange/mean.hpp"

namespace vireo {

namespace exchanging {
class Routes;
}

/// The compressors of one exchange; null is the identity.
struct Channel {
  CompressorPointer uplink;    ///< Q^dev, of every worker
  CompressorPointer downlink;  ///< Q^serv, of the server
};

/// What error feedback remembers: the part of their messages that the workers and the server have not sent yet.
struct Feedback {
  WorkerVectors workers;  ///< e_m
  SegmentVector server;   ///< e
};

/// Who gets a result in the server model. All ranks do, in any case.
enum class Audience : std::uint8_t {
  workers,  ///< all workers: it is sent on the downlink
  server    ///< the server alone, whose part the ranks do together: nothing is booked for the downlink
};

/// One use of the exchange.
struct Round {
  const Channel& channel;  ///< must outlive the call
  /// Part of the keys of this round's draws: rounds with different numbers draw independently.
  std::uint64_t iteration = 0;
  /// The workers that send, in increasing order, at least one. None given: all workers.
  std::optional<std::span<const Index>> senders{};
  /// What the sum is divided by. 0: the number of senders.
  double divisor = 0;
  /// If not null, each sender sends Q_m(x_m + e_m) and keeps e_m <- x_m + e_m - Q_m(x_m + e_m); a worker that does not
  /// send keeps all of it. The server likewise, around its own compressor.
  Feedback* feedback = nullptr;
  /// If not null, the server adds this to the mean before it compresses it.
  const SegmentVector* added = nullptr;
  Audience audience = Audience::workers;  ///< what the downlink is booked as
};

/// The one collective operation of every method: the mean of what the workers send, compressed both ways,
///
///     out = Q^serv( (1/|S|) sum_{m in S} Q_m^dev(x_m) ),      S: the senders, all M workers as a rule,
///
/// for all ranks, without a server. Each rank owns a segment of the coordinates: the workers' messages are split by
/// segment, added there, compressed for the downlink, and gathered.
///
/// The sum over m runs along one binary tree over the worker index (node j of level l covers workers j 2^l to (j+1) 2^l
/// - 1), whatever the number of ranks: a rank adds up each maximal subtree that it owns itself and sends one vector for
/// it. Where a subtree's encoded messages are shorter than that vector, they are sent as they are and added by the
/// receiver, in the same tree. So the result has the same bits for every number of ranks. Messages of compressors with
/// shared draws are added as vectors of their k entries.
///
/// If what is sent of x_m is not finite, or making it throws, all ranks leave with an error, and the exchange can be used
/// again. The rank whose worker threw rethrows that, and the others throw PeerFailure; if none threw, all throw
/// NotFinite.
class Exchange {
 public:
  /// Writes x_m into a buffer of d numbers. Called once for each sender of this rank (with feedback: for each worker),
  /// in increasing order.
  using Produce = std::function<void(Index worker, View x)>;

  /// dimension: d; seed: of the run, for the keys of the compressors' draws
  Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed);
  ~Exchange();

  /// The mean, which stays until the next call. Collective: all ranks call it with the same round.
  ///
  /// Keys of the compressors' draws: (seed, uplink, m, iteration) and (seed, downlink, nobody, iteration).
  /// Where uplink and downlink are compressed to few entries that travel as doubles, the cost is proportional to their
  /// number, not to d, once x_m is made.
  Mean mean(const Round& round, const Produce& produce);
  /// The same, where all workers send and nothing is remembered.
  Mean mean(const Channel& channel, std::uint64_t iteration, const Produce& produce) {
    return mean(Round{.channel = channel, .iteration = iteration}, produce);
  }
  /// The same, written to a vector of the caller's, of d numbers.
  void mean(const Round& round, const Produce& produce, View out);
  /// The same, where all workers send and nothing is remembered.
  void mean(const Channel& channel, std::uint64_t iteration, const Produce& produce, View out) {
    mean(Round{.channel = channel, .iteration = iteration}, produce, out);
  }
  /// Uncompressed mean of the workers' messages.
  void mean(const Produce& produce, View out) { mean(Channel{}, 0, produce, out); }

  /// One worker's numbers, for all ranks, uncompressed: `make` is called on the worker's rank alone and writes them to
  /// `out`, which must have the same size on all ranks, and may have any. Collective. If they are not finite, or `make`
  /// throws, all ranks leave with an error as they do from `mean`.
  void broadcast_from(Index worker, const std::function<void(View out)>& make, View out,
                      Audience audience = Audience::workers);

  /// M workers over P ranks
  [[nodiscard]] const WorkerLayout& layout() const { return layout_; }
  /// d
  [[nodiscard]] Index dimension() const { return segments_.dimension(); }
  /// workers of this rank
  [[nodiscard]] Range workers() const;
  /// coordinates of this rank
  [[nodiscard]] Range segment() const { return segments_.of(static_cast<Index>(comm_.rank())); }
  /// of the keys
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  /// that the messages travel by
  [[nodiscard]] Communicator& communicator() const { return comm_; }

  /// Memories of zeros, of the right sizes.
  [[nodiscard]] Feedback no_feedback() const {
    return {WorkerVectors(workers(), dimension()), SegmentVector(segment(), dimension())};
  }

  /// Where costs are booked; the monitor switches to a ledger of its own.
  [[nodiscard]] Ledger& ledger() const { return *ledger_; }
  /// From now on; the ledger must live as long as it is booked to.
  void book_to(Ledger& ledger) { ledger_ = &ledger; }

 private:
  Communicator& comm_;
  WorkerLayout layout_;
  SegmentLayout segments_;
  std::uint64_t seed_;
  Ledger own_ledger_;
  Ledger* ledger_ = &own_ledger_;
  std::unique_ptr<exchanging::Routes> routes_;
};

/// A message of the exchange was NaN or infinite.
struct NotFinite : NumericalError {
  NotFinite() : NumericalError("a message between the workers was not finite") {}
};

}  // namespace vireo
