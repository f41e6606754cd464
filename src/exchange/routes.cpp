#include "exchange/routes.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::exchanging {
namespace {

/// null for the identity, whose messages are added and sent without encoding
const Compressor* encoder(const CompressorPointer& compressor) {
  return compressor && !compressor->identity() ? compressor.get() : nullptr;
}

Space whole_space(const SegmentLayout& layout) {
  Space space{layout.dimension(), {}};
  for (Index r = 0; r < layout.ranks(); ++r) {
    space.segments.push_back(layout.of(r));
    if (space.segments.back().size() > random::longest_segment)
      throw UsageError("a rank's segment of the coordinates would have more than " +
                       std::to_string(random::longest_segment) + " entries: use more ranks");
  }
  return space;
}

/// mean += the vector that the server adds, if there is one
void add_servers_vector(const Round& round, View mean_segment, Verdict& verdict) {
  if (round.added == nullptr) return;
  kernels::axpy(1.0, round.added->values, mean_segment);
  verdict.look_at(mean_segment);
}

}  // namespace

Routes::Routes(Communicator& comm, const WorkerLayout& layout, const SegmentLayout& segments, std::uint64_t seed)
    : comm_(comm),
      layout_(layout),
      uplink_(comm, layout, seed),
      downlink_(comm, whole_space(segments), layout.workers(), seed) {}

Mean Routes::mean(const Round& round, const Exchange::Produce& produce, Ledger& ledger) {
  const Call call = plan(round, produce, ledger);
  if (!call.by_entries) result_.resize(downlink_.space().dimension);
  return take(call, result_);
}

Mean Routes::mean(const Round& round, const Exchange::Produce& produce, Ledger& ledger, View out) {
  return take(plan(round, produce, ledger), out);
}

Routes::Call Routes::plan(const Round& round, const Exchange::Produce& produce, Ledger& ledger) const {
  const Compressor* const uplink = encoder(round.channel.uplink);
  const Compressor* const downlink = encoder(round.channel.downlink);
  Call call{uplink, downlink, round, produce, ledger, Route::compressed, false};
  if (shares_entries(uplink, round))
    call.route = Route::shared;
  else if (downlink == nullptr)
    call.route = Route::dense;
  else if (round.feedback == nullptr && round.added == nullptr && downlink_.sends_coordinates(*downlink, round))
    call.route = Route::entries;
  call.by_entries =
      downlink != nullptr ? downlink->support_kind() != Compressor::Support::all : call.route == Route::shared;
  return call;
}

/// Entries that all workers share are one linear map of the mean.
bool Routes::shares_entries(const Compressor* uplink, const Round& round) const {
  return uplink != nullptr && round.feedback == nullptr && round.added == nullptr &&
         uplink->theory(downlink_.space().dimension, layout_.workers()).draws == CompressorTheory::Draws::shared;
}

/// Bytes are booked as in the server model: what this rank's workers send, and what they are sent.
void Routes::book(const Call& call) const {
  const Round& round = call.round;
  const Index dimension = downlink_.space().dimension;
  const auto full = static_cast<std::int64_t>(8 * dimension);
  const auto bytes_of = [&](Index worker) {
    return call.uplink->encoded_bytes(uplink_.keys().message(worker, round.iteration, dimension));
  };
  const Range workers = layout_.workers_of(static_cast<Index>(comm_.rank()));
  for (Index m = workers.begin; m < workers.end; ++m) {
    if (round.senders && !std::ranges::binary_search(*round.senders, m)) continue;
    call.ledger.wire_bytes_up += call.uplink != nullptr ? bytes_of(m) : full;
  }
  if (round.audience == Audience::server) return;
  std::int64_t down = full;
  if (call.downlink != nullptr)
    down = call.downlink->encoded_bytes(downlink_.message(round.iteration));
  else if (call.route == Route::shared)
    down = bytes_of(random::nobody);
  call.ledger.wire_bytes_down += static_cast<std::int64_t>(workers.size()) * down;
}

/// out: where the result is made unless it is given by entries
Mean Routes::take(const Call& call, View out) {
  book(call);
  switch (call.route) {
    case Route::dense:
      return dense(call, out);
    case Route::entries:
      return entries(call);
    case Route::shared:
      return shared(call, out);
    case Route::compressed:
      break;
  }
  return compressed(call, out);
}

Mean Routes::dense(const Call& call, View out) {
  const Range& own = downlink_.own();
  const View segment = out.subspan(own.begin, own.size());
  Verdict verdict = uplink_.mean(all_coordinates(call), segment);
  add_servers_vector(call.round, segment, verdict);
  downlink_.send_numbers(downlink_.space(), out, verdict, call.ledger);
  check(verdict);
  return Mean(out);
}

Mean Routes::compressed(const Call& call, View out) {
  mean_segment_.resize(downlink_.own().size());
  Verdict verdict = uplink_.mean(all_coordinates(call), mean_segment_);
  add_servers_vector(call.round, mean_segment_, verdict);
  return send_compressed(call, verdict, out);
}

Mean Routes::entries(const Call& call) {
  const auto places = downlink_.draw_places(*call.downlink, call.round, call.ledger);
  mean_segment_.resize(places.size());
  Verdict verdict = uplink_.mean_at(places, all_coordinates(call), mean_segment_);
  downlink_.send_coordinates(*call.downlink, call.round, mean_segment_, verdict, call.ledger);
  check(verdict);
  return downlink_.entries();
}

Mean Routes::shared(const Call& call, View out) {
  Verdict verdict = shared_mean(call);
  if (call.downlink == nullptr) {
    downlink_.send_numbers(shared_.space(), shared_values_, verdict, call.ledger);
    check(verdict);
    return Mean(shared_.places(), shared_values_);
  }
  mean_segment_.resize(downlink_.own().size());
  shared_.spread(shared_values_, static_cast<Index>(comm_.rank()), mean_segment_);
  return send_compressed(call, verdict, out);
}

/// The mean's shared entries, in this rank's part of their space
Verdict Routes::shared_mean(const Call& call) {
  const Compressor& uplink = *call.uplink;
  const Index dimension = downlink_.space().dimension;
  const auto message_of = [&](Index m) { return uplink_.keys().message(m, call.round.iteration, dimension); };
  const auto key = message_of(random::nobody);
  shared_.draw(uplink, key, downlink_.space());
  message_.resize(dimension);
  const View x = message_;
  const Exchange::Produce produce_entries = [&](Index m, View values) {
    call.produce(m, x);
    if (uplink.verbatim_factor(key) == 0 && !kernels::all_finite(x)) {
      std::ranges::fill(values, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    encoding::apply(uplink, message_of(m), x, applied_);
    std::ranges::copy(applied_.entries.values, values.begin());
  };
  shared_values_.resize(shared_.space().dimension);
  const Range& own = shared_.space().segments[static_cast<Index>(comm_.rank())];
  return uplink_.mean({shared_.space(), nullptr, call.round, produce_entries, call.ledger},
                      View(shared_values_).subspan(own.begin, own.size()));
}

/// The server's half of the routes whose downlink compresses the mean
Mean Routes::send_compressed(const Call& call, Verdict& verdict, View out) {
  downlink_.send_compressed(*call.downlink, call.round, mean_segment_, out, verdict, call.ledger);
  check(verdict);
  return call.by_entries ? downlink_.entries() : Mean(out);
}

/// Throws if a verdict of the downlink is bad. It is so on all ranks alike.
void Routes::check(const Verdict& verdict) {
  if (verdict.finite) return;
  agree_on_failure(comm_, verdict.failure);
  throw NotFinite();
}

}  // namespace vireo::exchanging
