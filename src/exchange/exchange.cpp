#include "vireo/exchange/exchange.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "compressors/apply.hpp"
#include "exchange/delivery.hpp"
#include "exchange/places.hpp"
#include "exchange/summation.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// null for the identity, whose messages are added and delivered without encoding
const Compressor* encoder(const CompressorPointer& compressor) {
  return compressor && !compressor->identity() ? compressor.get() : nullptr;
}

Space whole_space(const SegmentLayout& layout) {
  Space space{layout.dimension(), {}};
  for (Index r = 0; r < layout.ranks(); ++r) {
    space.segments.push_back(layout.of(r));
    if (space.segments.back().size() > std::numeric_limits<random::Offset>::max())
      throw UsageError("a rank's segment of the coordinates would have 2^32 entries or more: use more ranks");
  }
  return space;
}

}  // namespace

Exchange::Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed)
    : comm_(comm),
      layout_(layout),
      segments_(dimension, static_cast<Index>(comm.size())),
      seed_(seed),
      summation_(std::make_unique<Summation>(comm, layout_, seed)),
      delivery_(std::make_unique<Delivery>(comm, whole_space(segments_), layout_.workers(), seed)),
      mean_places_(std::make_unique<Places>()),
      result_places_(std::make_unique<Places>()) {}

Exchange::~Exchange() = default;

Range Exchange::workers() const { return layout_.workers_of(static_cast<Index>(comm_.rank())); }

ConstView Exchange::mean(const Round& round, const Produce& produce) {
  if (result_.empty()) result_.assign(dimension(), 0.0);
  mean(round, produce, result_, result_places_.get());
  return result_;
}

void Exchange::mean(const Round& round, const Produce& produce, View out) { mean(round, produce, out, nullptr); }

/// Zeros in the own segment
View Exchange::empty_mean_segment() {
  if (mean_segment_.empty()) mean_segment_.assign(delivery_->own().size(), 0.0);
  mean_places_->clear(mean_segment_);
  return mean_segment_;
}

/// With places, `out` is zero outside of them.
void Exchange::mean(const Round& round, const Produce& produce, View out, Places* places) {
  const Compressor* const uplink = encoder(round.channel.uplink);
  const Compressor* const downlink = encoder(round.channel.downlink);
  const auto full = static_cast<std::int64_t>(8 * dimension());

  for (Index m = workers().begin; m < workers().end; ++m) {
    if (round.senders && !std::binary_search(round.senders->begin(), round.senders->end(), m)) continue;
    ledger_->wire_bytes_up +=
        uplink != nullptr ? uplink->encoded_bytes(summation_->message(m, round.iteration, dimension())) : full;
  }
  // Entries that all workers share are one linear map of the mean: k numbers are added, and k are sent back.
  const bool shared = uplink != nullptr && round.feedback == nullptr && round.added == nullptr &&
                      uplink->theory(dimension(), layout_.workers()).draws == CompressorTheory::Draws::shared;
  std::int64_t down = full;
  if (downlink != nullptr)
    down = downlink->encoded_bytes(delivery_->message(round.iteration));
  else if (shared)
    down = uplink->encoded_bytes(summation_->message(random::nobody, round.iteration, dimension()));
  if (round.audience == Audience::workers)
    ledger_->wire_bytes_down += static_cast<std::int64_t>(workers().size()) * down;

  const bool all_written = downlink != nullptr ? downlink->support_kind() == Compressor::Support::all : !shared;
  if (places != nullptr && !all_written) places->clear(out);
  if (shared) {
    mean_of_shared(*uplink, downlink, round, produce, out, places);
    return;
  }
  const Range& own = delivery_->own();
  if (downlink == nullptr) {
    if (places != nullptr) places->add_all();
    const View mean_segment = out.subspan(own.begin, own.size());
    bool finite = summation_->run(delivery_->space(), uplink, round, produce, *ledger_, mean_segment, nullptr);
    finite = add_to(round, mean_segment, finite);
    finish(delivery_->run(delivery_->space(), finite, out, *ledger_));
    return;
  }
  const View mean_segment = empty_mean_segment();
  if (round.added != nullptr || round.feedback != nullptr) mean_places_->add_all();
  bool finite = summation_->run(delivery_->space(), uplink, round, produce, *ledger_, mean_segment, mean_places_.get());
  finite = add_to(round, mean_segment, finite);
  finish(delivery_->run(*downlink, round, finite, mean_segment, out, places, *ledger_));
}

bool Exchange::add_to(const Round& round, View mean_segment, bool finite) {
  if (round.added == nullptr) return finite;
  kernels::axpy(1.0, round.added->values, mean_segment);
  return finite && kernels::all_finite(mean_segment);
}

void Exchange::mean_of_shared(const Compressor& uplink, const Compressor* downlink, const Round& round,
                              const Produce& produce, View out, Places* places) {
  const auto key = summation_->message(random::nobody, round.iteration, dimension());
  const auto& segments = delivery_->space().segments;
  std::vector<random::Offset> support;  // of all segments, one after the other
  Space entries{0, {}};
  for (const auto& segment : segments) {
    uplink.support(key, segment, support);
    entries.segments.push_back({entries.dimension, support.size()});
    entries.dimension = support.size();
  }
  const Range own = entries.segments[static_cast<Index>(comm_.rank())];

  message_.resize(dimension());
  const View x = message_;
  ApplyScratch scratch;
  const auto produce_entries = [&](Index m, View values) {
    produce(m, x);
    if (!uplink.verbatim() && !kernels::all_finite(x)) {
      std::fill(values.begin(), values.end(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    apply(uplink, summation_->message(m, round.iteration, dimension()), x, scratch);
    std::ranges::copy(scratch.entries.values, values.begin());
  };
  gathered_.resize(entries.dimension);
  bool finite = summation_->run(entries, nullptr, round, produce_entries, *ledger_,
                                View(gathered_).subspan(own.begin, own.size()), nullptr);
  const auto entries_of = [&](Index r) {
    const auto part = [&](const auto& all) {
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(entries.segments[r].begin);
      return std::vector(first, first + static_cast<std::ptrdiff_t>(entries.segments[r].size()));
    };
    return Entries{part(support), part(gathered_)};
  };
  if (downlink == nullptr) {
    finite = delivery_->run(entries, finite, gathered_, *ledger_);
    for (Index r = 0; r < segments.size(); ++r) spread(entries_of(r), segments[r], out, places);
  } else {
    const View mean_segment = empty_mean_segment();
    const auto me = static_cast<Index>(comm_.rank());
    spread(entries_of(me), {0, segments[me].size()}, mean_segment, mean_places_.get());
    finite = delivery_->run(*downlink, round, finite, mean_segment, out, places, *ledger_);
  }
  finish(finite);
}

void Exchange::finish(bool finite) {
  if (finite) return;
  // on all ranks alike
  agree_on_failure(comm_, summation_->take_failure());
  throw NotFinite();
}

void Exchange::share(Index worker, const std::function<void(View out)>& make, View out, Audience audience) {
  const auto root = static_cast<int>(layout_.rank_of(worker));
  if (comm_.rank() == root) {
    const Timed timed(ledger_->seconds_operator);
    try {
      make(out);
    } catch (...) {
      failure_ = std::current_exception();
      std::fill(out.begin(), out.end(), std::numeric_limits<double>::quiet_NaN());
    }
  }
  if (audience == Audience::workers)
    ledger_->wire_bytes_down += static_cast<std::int64_t>(workers().size() * 8 * out.size());
  {
    const Timed timed(ledger_->seconds_exchange);
    comm_.broadcast(std::as_writable_bytes(out), root);
  }
  if (kernels::all_finite(out)) return;
  agree_on_failure(comm_, std::exchange(failure_, nullptr));
  throw NotFinite();
}

}  // namespace vireo
