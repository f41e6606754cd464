#include "exchange/uplink.hpp"

namespace vireo::exchanging {
namespace {

UplinkStorage storage_for(const WorkerLayout& layout, Index rank) {
  UplinkStorage storage;
  for (Index r = 0; r < layout.ranks(); ++r)
    for (const auto& tree : maximal_subtrees(layout.workers_of(r), layout.workers())) {
      if (r == rank) storage.own.push_back(storage.branches.size());
      storage.branches.push_back({.tree = tree, .rank = r});
    }
  storage.sums.resize(storage.own.size());
  storage.pieces.resize(layout.ranks());
  storage.outgoing.resize(layout.ranks());
  storage.incoming.resize(layout.ranks());
  return storage;
}

}  // namespace

Uplink::Uplink(Communicator& comm, const WorkerLayout& layout, std::uint64_t seed)
    : comm_(comm),
      keys_{seed, layout.workers()},
      storage_(storage_for(layout, static_cast<Index>(comm.rank()))),
      adder_(layout.workers(), storage_.branches) {}

Verdict Uplink::mean(const Sending& sending, View mean_segment) {
  Verdict verdict = UplinkRound(comm_, keys_, storage_, sending).carry(adder_);
  const Timed timed(sending.ledger.seconds_exchange);
  adder_.mean(mean_segment, verdict);
  return verdict;
}

Verdict Uplink::mean_at(std::span<const random::Offset> places, const Sending& sending, View means) {
  Verdict verdict = UplinkRound(comm_, keys_, storage_, sending).carry(adder_);
  const Timed timed(sending.ledger.seconds_exchange);
  adder_.mean_at(places, means, verdict);
  return verdict;
}

}  // namespace vireo::exchanging
