#pragma once

#include <functional>

#include "vireo/comm/communicator.hpp"

namespace vireo {

/// A network on which a message of b bytes takes `latency + b / bandwidth` seconds.
struct NetworkModel {
  double latency_seconds = 10e-6;   ///< of a message, whatever its size
  double bytes_per_second = 125e6;  ///< 1 Gbit/s
};

/// Runs `rank_main` on `ranks` simulated ranks, each a thread of this process with its own Communicator.
///
/// Each rank has a clock on the modelled network. A collective operation starts when its last rank arrives.
/// - all_to_all: a rank sends its non-empty messages one after the other, and at the same time receives
///   those that are for it one after the other. It is done after the longer of the two.
/// - all_gather: Bruck's algorithm, ceil(log2 P) messages that carry the pieces of all other ranks.
/// - broadcast: a binomial tree, ceil(log2 P) rounds of the whole message.
/// - combine: a reduction and a broadcast of 8 bytes a value.
/// - barrier: ceil(log2 P) empty messages.
/// The clock counts communication only, so it is deterministic.
///
/// If a rank throws, the others leave the collective call that it cannot join with a PeerFailure. When all
/// threads have ended, one exception is thrown again: that of the lowest rank whose exception is not a
/// PeerFailure. So it is the same one in every run. If a rank ends while others wait for it, or if calls do
/// not match, the exception is Error(internal). Throws UsageError for ranks < 1, a negative latency, or a
/// bandwidth that is not positive.
void run_simulated(int ranks, const NetworkModel& network, const std::function<void(Communicator&)>& rank_main);

}  // namespace vireo
