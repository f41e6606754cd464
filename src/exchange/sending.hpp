#pragma once

#include <cstdint>

#include "exchange/space.hpp"
#include "vireo/compressors/compressor.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo::exchanging {

/// What the workers send in one call of the exchange. It lives as long as the call.
struct Sending {
  const Space& space;                ///< that the messages are vectors of
  const Compressor* compressor;      ///< null is the identity
  const Round& round;                ///< iteration, senders, divisor and feedback
  const Exchange::Produce& produce;  ///< writes space.dimension numbers
  Ledger& ledger;                    ///< seconds are booked there
};

/// The keys of the workers' draws in one exchange.
struct UplinkKeys {
  std::uint64_t seed = 0;
  Index workers = 1;  ///< M

  /// worker: random::nobody for draws that all workers share
  [[nodiscard]] Message message(Index worker, std::uint64_t iteration, Index dimension) const {
    return {{seed, random::Purpose::uplink, static_cast<std::uint64_t>(worker), iteration}, dimension, workers};
  }
};

}  // namespace vireo::exchanging
