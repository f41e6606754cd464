#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

#include "vireo/comm/communicator.hpp"
#include "vireo/compressors/compressor.hpp"
#include "vireo/core/error.hpp"
#include "vireo/exchange/layout.hpp"
#include "vireo/exchange/ledger.hpp"

namespace vireo {

class Summation;
class Delivery;

/// The compressors of one exchange; null is the identity.
struct Channel {
  CompressorPointer uplink;
  CompressorPointer downlink;
};

/// The one collective operation of every method: the mean of what the workers send, compressed both ways,
///
///     out = Q^serv( (1/M) sum_m Q_m^dev(x_m) ),
///
/// for all ranks, without a server. Each rank owns a segment of the coordinates: the workers' messages are split by
/// segment, added there, compressed for the way down, and gathered.
///
/// The sum over m runs along one binary tree over the worker index (node j of level l covers workers j 2^l to (j+1) 2^l
/// - 1), whatever the number of ranks: a rank adds up each maximal subtree that it owns itself and sends one vector for
/// it. Where a subtree's encoded messages are shorter than that vector, they are sent as they are and added by the
/// receiver, in the same tree. So the result has the same bits for every number of ranks.
///
/// If x_m is not finite, or making it throws, all ranks leave with an error: the failing rank sends NaN in
/// its place, so that its peers come out of the exchange.
class Exchange {
 public:
  /// Writes x_m into a buffer of d numbers. Called once for each worker of this rank, in increasing order.
  using Produce = std::function<void(Index worker, View x)>;

  Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed);
  ~Exchange();

  /// Keys of the compressors' draws: (seed, uplink, m, iteration) and (seed, downlink, nobody, iteration).
  void mean(const Channel& channel, std::uint64_t iteration, const Produce& produce, View out);

  /// Uncompressed mean of the workers' messages.
  void mean(const Produce& produce, View out) { mean(Channel{}, 0, produce, out); }

  [[nodiscard]] const WorkerLayout& layout() const { return layout_; }
  [[nodiscard]] Index dimension() const { return segments_.dimension(); }
  /// workers of this rank
  [[nodiscard]] Range workers() const;
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] Communicator& communicator() const { return comm_; }

  /// Where costs are booked; the monitor switches to a ledger of its own.
  [[nodiscard]] Ledger& ledger() const { return *ledger_; }
  void book_to(Ledger& ledger) { ledger_ = &ledger; }

 private:
  Communicator& comm_;
  WorkerLayout layout_;
  SegmentLayout segments_;
  std::uint64_t seed_;
  Ledger own_ledger_;
  Ledger* ledger_ = &own_ledger_;
  std::unique_ptr<Summation> summation_;
  std::unique_ptr<Delivery> delivery_;
  Vector mean_segment_;  ///< the mean in the own segment, where the way down is encoded
};

/// A message of the exchange was NaN or infinite.
struct NotFinite : NumericalError {
  NotFinite() : NumericalError("a message between the workers was not finite") {}
};

}  // namespace vireo
