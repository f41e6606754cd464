#include "vireo/exchange/exchange.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "encoding/apply.hpp"
#include "exchange/delivery.hpp"
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
    if (space.segments.back().size() > random::longest_segment)
      throw UsageError("a rank's segment of the coordinates would have more than " +
                       std::to_string(random::longest_segment) + " entries: use more ranks");
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
      delivery_(std::make_unique<Delivery>(comm, whole_space(segments_), layout_.workers(), seed)) {}

Exchange::~Exchange() = default;

Range Exchange::workers() const { return layout_.workers_of(static_cast<Index>(comm_.rank())); }

Exchange::Plan Exchange::plan_of(const Round& round) const {
  const Compressor* const uplink = encoder(round.channel.uplink);
  const Compressor* const downlink = encoder(round.channel.downlink);
  // entries that all workers share are one linear map of the mean
  const bool shared = uplink != nullptr && round.feedback == nullptr && round.added == nullptr &&
                      uplink->theory(dimension(), layout_.workers()).draws == CompressorTheory::Draws::shared;
  const bool by_entries = downlink != nullptr ? downlink->support_kind() != Compressor::Support::all : shared;
  return {uplink, downlink, shared, by_entries};
}

Mean Exchange::mean(const Round& round, const Produce& produce) {
  const Plan plan = plan_of(round);
  if (!plan.by_entries) result_.resize(dimension());
  return run(plan, round, produce, result_);
}

void Exchange::mean(const Round& round, const Produce& produce, View out) {
  run(plan_of(round), round, produce, out).copy_to(out);
}

void Exchange::book(const Plan& plan, const Round& round) {
  const auto full = static_cast<std::int64_t>(8 * dimension());
  for (Index m = workers().begin; m < workers().end; ++m) {
    if (round.senders && !std::binary_search(round.senders->begin(), round.senders->end(), m)) continue;
    ledger_->wire_bytes_up += plan.uplink != nullptr
                                  ? plan.uplink->encoded_bytes(summation_->message(m, round.iteration, dimension()))
                                  : full;
  }
  if (round.audience == Audience::server) return;
  std::int64_t down = full;
  if (plan.downlink != nullptr)
    down = plan.downlink->encoded_bytes(delivery_->message(round.iteration));
  else if (plan.shared)
    down = plan.uplink->encoded_bytes(summation_->message(random::nobody, round.iteration, dimension()));
  ledger_->wire_bytes_down += static_cast<std::int64_t>(workers().size()) * down;
}

View Exchange::mean_segment() {
  mean_segment_.resize(delivery_->own().size());
  return mean_segment_;
}

/// out: where the result is made unless it is given by entries
Mean Exchange::run(const Plan& plan, const Round& round, const Produce& produce, View out) {
  book(plan, round);
  if (plan.shared) return run_shared(plan, round, produce, out);
  const Space& space = delivery_->space();
  if (plan.downlink == nullptr) {
    const Range& own = delivery_->own();
    const View segment = out.subspan(own.begin, own.size());
    bool finite = summation_->run(space, plan.uplink, round, produce, *ledger_, segment);
    finite = add_to(round, segment, finite);
    finish(delivery_->run(space, finite, out, *ledger_));
    return Mean(out);
  }
  if (round.feedback == nullptr && round.added == nullptr && delivery_->sends_coordinates(*plan.downlink, round)) {
    const auto places = delivery_->places(*plan.downlink, round, *ledger_);
    mean_segment_.resize(places.size());
    const bool finite = summation_->run_at(places, space, plan.uplink, round, produce, *ledger_, mean_segment_);
    finish(delivery_->run_at(*plan.downlink, round, finite, mean_segment_, *ledger_));
    return delivery_->entries();
  }
  bool finite = summation_->run(space, plan.uplink, round, produce, *ledger_, mean_segment());
  finite = add_to(round, mean_segment_, finite);
  finish(delivery_->run(*plan.downlink, round, finite, mean_segment_, out, *ledger_));
  return plan.by_entries ? delivery_->entries() : Mean(out);
}

bool Exchange::add_to(const Round& round, View mean_segment, bool finite) {
  if (round.added == nullptr) return finite;
  kernels::axpy(1.0, round.added->values, mean_segment);
  return finite && kernels::all_finite(mean_segment);
}

Mean Exchange::run_shared(const Plan& plan, const Round& round, const Produce& produce, View out) {
  const Compressor& uplink = *plan.uplink;
  const auto key = summation_->message(random::nobody, round.iteration, dimension());
  const auto& segments = delivery_->space().segments;
  std::vector<random::Offset> support;  // of all segments, one after the other
  Space entries{0, {}};
  places_.clear();
  for (const auto& segment : segments) {
    uplink.support(key, segment, support);
    for (Index i = entries.dimension; i < support.size(); ++i) places_.push_back(segment.begin + support[i]);
    entries.segments.push_back({entries.dimension, support.size()});
    entries.dimension = support.size();
  }
  const Range own = entries.segments[static_cast<Index>(comm_.rank())];

  message_.resize(dimension());
  const View x = message_;
  encoding::ApplyScratch scratch;
  const auto produce_entries = [&](Index m, View values) {
    produce(m, x);
    if (uplink.verbatim_factor(key) == 0 && !kernels::all_finite(x)) {
      std::fill(values.begin(), values.end(), std::numeric_limits<double>::quiet_NaN());
      return;
    }
    apply(uplink, summation_->message(m, round.iteration, dimension()), x, scratch);
    std::ranges::copy(scratch.entries.values, values.begin());
  };
  gathered_.resize(entries.dimension);
  bool finite = summation_->run(entries, nullptr, round, produce_entries, *ledger_,
                                View(gathered_).subspan(own.begin, own.size()));
  if (plan.downlink == nullptr) {
    finish(delivery_->run(entries, finite, gathered_, *ledger_));
    return Mean(places_, gathered_);
  }
  const View y = mean_segment();
  std::ranges::fill(y, 0.0);
  for (Index i = own.begin; i < own.end; ++i) y[support[i]] = gathered_[i];
  finish(delivery_->run(*plan.downlink, round, finite, y, out, *ledger_));
  return plan.by_entries ? delivery_->entries() : Mean(out);
}

void Exchange::finish(bool finite) {
  if (finite) return;
  // on all ranks alike
  agree_on_failure(comm_, summation_->take_failure());
  throw NotFinite();
}

void Exchange::broadcast_from(Index worker, const std::function<void(View out)>& make, View out, Audience audience) {
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
