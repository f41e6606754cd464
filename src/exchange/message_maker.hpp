#pragma once

#include <span>
#include <vector>

#include "encoding/apply.hpp"
#include "exchange/branch.hpp"
#include "exchange/sending.hpp"
#include "exchange/verdict.hpp"

namespace vireo::exchanging {

/// Storage for the making of messages, used again from call to call.
struct MessageStorage {
  Vector x;  ///< one worker's x_m
  encoding::ApplyScratch applied;
  std::vector<random::Offset> support;  ///< of a piece for another rank
};

/// Makes the messages of this rank's workers in one call of the exchange, and updates their memories.
///
/// If a worker throws, or what it is to encode is not finite, NaN is sent in place of its message, or zeros where
/// numbers are encoded, and the verdict says so: all ranks then leave the exchange alike. Workers after one that threw
/// are not asked.
class MessageMaker {
 public:
  MessageMaker(const Sending& sending, const UplinkKeys& keys, MessageStorage& storage)
      : sending_(sending), keys_(keys), storage_(storage), feedback_(sending.round.feedback) {}

  /// The key of a worker's message
  [[nodiscard]] Message key(Index worker) const {
    return keys_.message(worker, sending_.round.iteration, sending_.space.dimension);
  }

  /// x <- Q_m(x_m), with feedback Q_m(x_m + e_m), and e_m <- x_m + e_m - Q_m(x_m + e_m)
  void make(Index worker, View x);
  /// The same vector as pieces, one for each rank, which are appended to what these get. `me` is this rank: the support
  /// of its piece goes to `relayed`.
  void encode(Relayed& relayed, Index me, std::span<Compressor::Bytes> pieces);
  /// The worker does not send in this call: with feedback it remembers all of its message, e_m <- x_m + e_m.
  void withhold(Index worker);

  /// On the messages made so far
  [[nodiscard]] const Verdict& verdict() const { return verdict_; }

 private:
  void produce(Index worker, View x);
  void compress(Index worker, View x);
  [[nodiscard]] bool sendable(Index worker, ConstView x) const;

  const Sending& sending_;
  UplinkKeys keys_;
  MessageStorage& storage_;
  Feedback* feedback_;
  Verdict verdict_;
};

}  // namespace vireo::exchanging
