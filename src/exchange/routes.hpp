#pragma once

#include <cstdint>

#include "encoding/apply.hpp"
#include "exchange/downlink.hpp"
#include "exchange/shared_entries.hpp"
#include "exchange/uplink.hpp"
#include "exchange/verdict.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo::exchanging {

/// Takes the mean of an exchange by the cheapest of four routes, which its compressors and what else is asked for
/// decide. All routes give the mean that `Exchange` defines.
class Routes {
 public:
  Routes(Communicator& comm, const WorkerLayout& layout, const SegmentLayout& segments, std::uint64_t seed);

  /// As Exchange::mean: collective, and throws on all ranks if the verdict of any is bad. What is given by all of its
  /// numbers stays here until the next call.
  Mean mean(const Round& round, const Exchange::Produce& produce, Ledger& ledger);
  /// The same; what is given by all of its numbers is in `out`.
  Mean mean(const Round& round, const Exchange::Produce& produce, Ledger& ledger, View out);

 private:
  enum class Route : std::uint8_t {
    dense,       ///< the downlink is the identity: segments of the mean are gathered as they are
    compressed,  ///< the downlink compresses the mean
    entries,     ///< the downlink keeps coordinates that are known beforehand: the mean is taken at these alone
    shared       ///< all workers send the same entries: the mean is taken of vectors of these
  };
  /// One call: what is given, and what the compressors mean for it.
  struct Call {
    const Compressor* uplink;    ///< null for the identity
    const Compressor* downlink;  ///< likewise
    const Round& round;
    const Exchange::Produce& produce;
    Ledger& ledger;
    Route route;
    bool by_entries;  ///< the result is
  };
  [[nodiscard]] Call plan(const Round& round, const Exchange::Produce& produce, Ledger& ledger) const;
  [[nodiscard]] bool shares_entries(const Compressor* uplink, const Round& round) const;
  void book(const Call& call) const;

  Mean take(const Call& call, View out);
  Mean dense(const Call& call, View out);
  Mean compressed(const Call& call, View out);
  Mean entries(const Call& call);
  Mean shared(const Call& call, View out);

  [[nodiscard]] Sending all_coordinates(const Call& call) const {
    return {downlink_.space(), call.uplink, call.round, call.produce, call.ledger};
  }
  [[nodiscard]] Verdict shared_mean(const Call& call);
  Mean send_compressed(const Call& call, Verdict& verdict, View out);
  void check(const Verdict& verdict);

  Communicator& comm_;
  WorkerLayout layout_;
  Uplink uplink_;
  Downlink downlink_;
  SharedEntries shared_;
  Vector result_;        ///< of the last call that left all numbers here
  Vector mean_segment_;  ///< the mean in this rank's segment, or at the places there that are sent
  Vector message_;       ///< one worker's, before its shared entries are taken
  encoding::ApplyScratch applied_;
  Vector shared_values_;  ///< the mean's shared entries
};

}  // namespace vireo::exchanging
