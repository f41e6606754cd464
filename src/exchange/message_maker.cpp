#include "exchange/message_maker.hpp"

#include <algorithm>
#include <limits>

#include "vireo/core/kernels.hpp"

namespace vireo::exchanging {

void MessageMaker::make(Index worker, View x) {
  produce(worker, x);
  if (sending_.compressor == nullptr && feedback_ == nullptr) return;  // no reading of clocks either
  const Timed timed(sending_.ledger.seconds_compress);
  compress(worker, x);
}

void MessageMaker::withhold(Index worker) {
  if (feedback_ == nullptr) return;
  storage_.x.resize(sending_.space.dimension);
  produce(worker, storage_.x);
  std::ranges::copy(storage_.x, feedback_->workers[worker].begin());
}

/// x <- x_m, with what the worker has not sent yet
void MessageMaker::produce(Index worker, View x) {
  const Timed timed(sending_.ledger.seconds_operator);
  if (!verdict_.failure) {
    try {
      sending_.produce(worker, x);
      if (feedback_ != nullptr) kernels::axpy(1.0, feedback_->workers[worker], x);
      if (sendable(worker, x)) return;
    } catch (...) {
      verdict_.failure = std::current_exception();
    }
  }
  verdict_.finite = false;
  std::ranges::fill(x, sending_.compressor == nullptr ? std::numeric_limits<double>::quiet_NaN() : 0.0);
}

/// Numbers that travel as they are need no look beforehand: the sum is not finite if they are not.
bool MessageMaker::sendable(Index worker, ConstView x) const {
  const Compressor* const compressor = sending_.compressor;
  return compressor == nullptr || (feedback_ == nullptr && compressor->verbatim_factor(key(worker)) != 0) ||
         kernels::all_finite(x);
}

void MessageMaker::compress(Index worker, View x) {
  if (sending_.compressor == nullptr) {
    if (feedback_ != nullptr) std::ranges::fill(feedback_->workers[worker], 0.0);
    return;
  }
  const Entries& entries = storage_.applied.entries;
  encoding::apply(*sending_.compressor, key(worker), x, storage_.applied);
  if (feedback_ != nullptr) {
    const View memory = feedback_->workers[worker];
    std::ranges::copy(x, memory.begin());
    encoding::subtract(entries, memory);
  }
  encoding::spread(entries, x);
}

void MessageMaker::encode(Relayed& relayed, Index me, std::span<Compressor::Bytes> pieces) {
  const Compressor& compressor = *sending_.compressor;
  Vector& x = storage_.x;
  x.resize(sending_.space.dimension);
  produce(relayed.worker, x);
  const Timed timed(sending_.ledger.seconds_compress);
  const auto key = this->key(relayed.worker);
  Holders alone;
  const auto head = compressor.summarize(key, {0, x.size()}, x, alone);
  for (Index p = 0; p < pieces.size(); ++p) {
    const Range& segment = sending_.space.segments[p];
    const auto x_segment = ConstView(x).subspan(segment.begin, segment.size());
    auto& support = p == me ? relayed.support : storage_.support;
    support.clear();
    compressor.support(key, segment, support);
    const Part part{key, segment, support};
    const auto begin = pieces[p].size();
    compressor.encode(part, head.get(), x_segment, pieces[p]);
    if (feedback_ == nullptr) continue;
    const View memory = feedback_->workers[relayed.worker].subspan(segment.begin, segment.size());
    std::ranges::copy(x_segment, memory.begin());
    compressor.decode(part, std::span(pieces[p]).subspan(begin), storage_.applied.entries);
    encoding::subtract(storage_.applied.entries, memory);
  }
}

}  // namespace vireo::exchanging
