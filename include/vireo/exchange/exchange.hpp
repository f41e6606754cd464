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

/// The compressors of an exchange. Null stands for the identity.
struct Channel {
  CompressorPointer uplink;    ///< Q^dev, the compressor of the workers
  CompressorPointer downlink;  ///< Q^serv, the compressor of the server
};

/// The memories of error feedback: the parts of their messages that the workers and the server have not sent
/// yet.
struct Feedback {
  WorkerVectors workers;  ///< e_m
  SegmentVector server;   ///< e
};

/// Who receives a result in the server model, which decides the bytes that are booked. All ranks get it in
/// any case.
enum class Audience : std::uint8_t {
  workers,  ///< all workers: it is sent on the downlink
  server    ///< the server alone, whose part the ranks play together: no bytes are booked for the downlink
};

/// What is special about one call of the exchange.
struct Round {
  const Channel& channel;  ///< the compressors; must outlive the call
  /// Part of the keys of this round's draws. Rounds with different numbers draw independently.
  std::uint64_t iteration = 0;
  /// The workers that send, at least one, in increasing order. Without a value, all workers send.
  std::optional<std::span<const Index>> senders{};
  /// The divisor of the sum. 0 stands for the number of senders.
  double divisor = 0;
  /// If not null, each sender sends Q_m(x_m + e_m) and remembers e_m <- x_m + e_m - Q_m(x_m + e_m). A worker
  /// that does not send remembers e_m <- x_m + e_m. The server does the same with its own compressor.
  Feedback* feedback = nullptr;
  /// If not null, the server adds this to the mean before it compresses it.
  const SegmentVector* added = nullptr;
  Audience audience = Audience::workers;  ///< who receives the result in the server model
};

/// Where F is not finite at a z that is: the operator's own doing.
struct NotFiniteAt {
  Index worker = 0;                  ///< the lowest whose F_m(z) is not finite
  std::optional<Index> component{};  ///< i of its first F_i(z) that is not, if components are given one by one
  double size = 0;                   ///< ||z||
  std::int64_t iteration = 0;        ///< of a run, in which it happened
};

/// A message of the exchange was NaN or infinite.
struct NotFinite : NumericalError {
  /// `at` says which evaluation of F it was, where it was one at a finite z.
  explicit NotFinite(std::optional<NotFiniteAt> at = {});
  std::optional<NotFiniteAt> at;  ///< the argument of the constructor
};

/// The one collective operation of every method: the mean of what the workers send, compressed both ways,
///
///     out = Q^serv( (1/|S|) sum_{m in S} Q_m^dev(x_m) ),      S: the senders, all M workers as a rule.
///
/// All ranks get it, and there is no server. Each rank owns a segment of the coordinates. The workers'
/// messages are cut by segment, added by the owner of the segment, compressed for the downlink, and
/// gathered.
///
/// The sum over m runs along one binary tree over the worker index, whatever the number of ranks: node j of
/// level l covers the workers j 2^l to (j+1) 2^l - 1. A rank adds up each maximal subtree that it owns, and
/// sends one vector for it. If the encoded messages of the subtree are shorter than that vector, they are
/// sent as they are, and the receiver adds them in the same tree. So the result has the same bits for every
/// number of ranks. Messages of compressors with shared draws are added as vectors of their k entries.
///
/// If what is sent of x_m is not finite, or making it throws, then all ranks leave with an error, and the
/// exchange can be used again. The rank whose worker threw throws the same exception, and the others throw
/// PeerFailure. If none threw, all throw NotFinite. To find out which evaluation of F that was, the messages
/// are made once more before, and nothing is booked.
class Exchange {
 public:
  /// Writes x_m into a buffer of d numbers. Called once for each sender of this rank (with feedback: for
  /// each worker), in increasing order.
  using Produce = std::function<void(Index worker, View x)>;

  /// `dimension` is d. `seed` is that of the run, for the keys of the compressors' draws.
  Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed);
  ~Exchange();

  /// Collective: the mean, which is valid until the next call. All ranks call it with the same round.
  ///
  /// The keys of the compressors' draws are (seed, uplink, m, iteration) and (seed, downlink, nobody,
  /// iteration). If both directions are compressed to few entries that travel as doubles, then the cost
  /// after making x_m is proportional to the number of entries, not to d.
  Mean mean(const Round& round, const Produce& produce);
  /// The same, where all workers send, without error feedback.
  Mean mean(const Channel& channel, std::uint64_t iteration, const Produce& produce) {
    return mean(Round{.channel = channel, .iteration = iteration}, produce);
  }
  /// The same, written to a vector of the caller with d numbers.
  void mean(const Round& round, const Produce& produce, View out);
  /// The same, where all workers send, without error feedback.
  void mean(const Channel& channel, std::uint64_t iteration, const Produce& produce, View out) {
    mean(Round{.channel = channel, .iteration = iteration}, produce, out);
  }
  /// The uncompressed mean of the workers' messages
  void mean(const Produce& produce, View out) { mean(Channel{}, 0, produce, out); }

  /// Collective: one worker's numbers, uncompressed, for all ranks. `make` is called on the rank of that
  /// worker alone, and writes them to `out`, which may have any size, the same on all ranks. If they are not
  /// finite, or if `make` throws, then all ranks leave with an error, as they do from `mean`.
  void broadcast_from(Index worker, const std::function<void(View out)>& make, View out,
                      Audience audience = Audience::workers);

  /// How the M workers are mapped onto the P ranks
  [[nodiscard]] const WorkerLayout& layout() const { return layout_; }
  /// d, the length of the vectors
  [[nodiscard]] Index dimension() const { return segments_.dimension(); }
  /// The workers of this rank
  [[nodiscard]] Range workers() const;
  /// The coordinates of this rank
  [[nodiscard]] Range segment() const { return segments_.of(static_cast<Index>(comm_.rank())); }
  /// The seed in the keys of the draws
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  /// The communicator by which the messages travel
  [[nodiscard]] Communicator& communicator() const { return comm_; }

  /// Memories of zeros, of the right sizes
  [[nodiscard]] Feedback no_feedback() const {
    return {WorkerVectors(workers(), dimension()), SegmentVector(segment(), dimension())};
  }

  /// Where costs are booked. The monitor switches to a ledger of its own.
  [[nodiscard]] Ledger& ledger() const { return *ledger_; }
  /// From now on, costs are booked to `ledger`, which must live as long as it is in use.
  void book_to(Ledger& ledger) { ledger_ = &ledger; }

  /// True while messages are made once more, because what was sent is not finite. Who evaluates F then says by
  /// `found` where F is not finite.
  [[nodiscard]] bool looks_for_cause() const { return looks_for_cause_; }
  /// Keeps the first that it is called with.
  void found(const NotFiniteAt& cause) const {
    if (!cause_) cause_ = cause;
  }

 private:
  [[noreturn]] void throw_with_cause(const std::function<bool(Index worker)>& sends, const Produce& produce,
                                     Index size);

  Communicator& comm_;
  WorkerLayout layout_;
  SegmentLayout segments_;
  std::uint64_t seed_;
  Ledger own_ledger_;
  Ledger* ledger_ = &own_ledger_;
  bool looks_for_cause_ = false;
  mutable std::optional<NotFiniteAt> cause_{};
  std::unique_ptr<exchanging::Routes> routes_;
};

}  // namespace vireo
