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
/// Each rank has a clock on the modelled network. A collective starts when its last rank arrives. In
/// all_to_all a rank's port sends its non-empty messages one after the other, and receives likewise, both at once:
/// it is done after the longer of the two sums. all_gather is Bruck's algorithm: ceil(log2 P) messages that
/// carry everybody's pieces but the own; broadcast is a binomial tree of ceil(log2 P) rounds of the whole message,
/// combine a reduction and a broadcast of 8 bytes a value, barrier ceil(log2 P) empty messages. The clock counts
/// communication only, hence is deterministic.
///
/// If a rank throws, the others leave with PeerFailure the collective call that it can not join; once all threads have
/// ended the exception of the lowest rank whose exception is not a PeerFailure is rethrown: the same one in every run.
/// A rank that ends while others wait for it, and calls that do not match, are Error(internal). Throws UsageError for
/// ranks < 1 and for a negative latency or a bandwidth that is not positive.
void run_simulated(int ranks, const NetworkModel& network, const std::function<void(Communicator&)>& rank_main);

}  // namespace vireo
