#include "vireo/exchange/exchange.hpp"

#include "exchange/delivery.hpp"
#include "exchange/summation.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo {
namespace {

/// null for the identity, whose messages are added and delivered without encoding
const Compressor* encoder(const CompressorPointer& compressor) {
  return compressor && !compressor->identity() ? compressor.get() : nullptr;
}

std::int64_t encoded_bytes(const Compressor* compressor, Index dimension) {
  return compressor != nullptr ? compressor->encoded_bytes(dimension) : static_cast<std::int64_t>(8 * dimension);
}

}  // namespace

Exchange::Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed)
    : comm_(comm),
      layout_(layout),
      segments_(dimension, static_cast<Index>(comm.size())),
      seed_(seed),
      summation_(std::make_unique<Summation>(comm, layout_, segments_, seed)),
      delivery_(std::make_unique<Delivery>(comm, summation_->segments(), seed)) {}

Exchange::~Exchange() = default;

Range Exchange::workers() const { return layout_.workers_of(static_cast<Index>(comm_.rank())); }

void Exchange::mean(const Channel& channel, std::uint64_t iteration, const Produce& produce, View out) {
  const Compressor* const uplink = encoder(channel.uplink);
  const Compressor* const downlink = encoder(channel.downlink);
  const auto senders = static_cast<std::int64_t>(workers().size());
  ledger_->wire_bytes_up += senders * encoded_bytes(uplink, dimension());
  ledger_->wire_bytes_down += senders * encoded_bytes(downlink, dimension());

  const Range& own = summation_->own();
  bool finite = false;
  if (downlink == nullptr) {
    finite = summation_->run(uplink, iteration, produce, *ledger_, out.subspan(own.begin, own.size()));
    finite = delivery_->run(finite, out, *ledger_);
  } else {
    mean_segment_.resize(own.size());
    finite = summation_->run(uplink, iteration, produce, *ledger_, mean_segment_);
    finite = delivery_->run(*downlink, iteration, finite, mean_segment_, out, *ledger_);
  }
  if (!finite) {  // on all ranks alike
    agree_on_failure(comm_, summation_->take_failure());
    throw NotFinite();
  }
}

}  // namespace vireo
