#pragma once

#include <cstdint>
#include <span>

#include "exchange/sending.hpp"
#include "exchange/tree_adder.hpp"
#include "exchange/uplink_round.hpp"
#include "exchange/verdict.hpp"

namespace vireo::exchanging {

/// The uplink of one exchange: sum_m Q_m(x_m) / divisor in this rank's segment, along the tree over the workers.
///
/// Both functions are collective. Their verdict is this rank's alone: on the messages of its workers, and on the mean in
/// its segment. With a bad verdict the mean is not to be used.
class Uplink {
 public:
  Uplink(Communicator& comm, const WorkerLayout& layout, std::uint64_t seed);

  /// Writes the mean in this rank's segment of sending.space.
  [[nodiscard]] Verdict mean(const Sending& sending, View mean_segment);
  /// Writes the mean at some places of this rank's segment, given as offsets, alone. See TreeAdder::mean_at.
  [[nodiscard]] Verdict mean_at(std::span<const random::Offset> places, const Sending& sending, View means);

  /// of the keys of the workers' messages
  [[nodiscard]] const UplinkKeys& keys() const { return keys_; }

 private:
  Communicator& comm_;
  UplinkKeys keys_;
  UplinkStorage storage_;
  TreeAdder adder_;
};

}  // namespace vireo::exchanging
