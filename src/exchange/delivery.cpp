#include "exchange/delivery.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "encoding/apply.hpp"
#include "encoding/bytes.hpp"
#include "exchange/rank_holders.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// A piece begins with a byte: whether the segment is finite. There is one of each rank, so it is short.
using Header = std::uint8_t;
constexpr std::size_t header = sizeof(Header);

}  // namespace

bool Delivery::run(const Space& space, bool finite, View out, Ledger& ledger) {
  const Timed timed(ledger.seconds_exchange);
  const auto& own = space.segments[static_cast<Index>(comm_.rank())];
  // a segment that is not finite says so in its first number
  if (!finite && own.size() > 0) out[own.begin] = std::numeric_limits<double>::quiet_NaN();
  pieces_.clear();
  bool all_finite = true;
  const auto empty = [](const Range& segment) { return segment.size() == 0; };
  // where there are more ranks than numbers, some can not say it so
  if (std::ranges::any_of(space.segments, empty)) all_finite = combine(comm_, finite ? 1 : 0, Reduction::minimum) == 1;
  for (const auto& segment : space.segments) pieces_.push_back({8 * segment.begin, 8 * segment.size()});
  comm_.all_gather(std::as_writable_bytes(out), pieces_);
  return all_finite && std::ranges::all_of(space.segments, [&](const Range& segment) {
           return empty(segment) || std::isfinite(out[segment.begin]);
         });
}

void Delivery::encode(const Compressor& downlink, const Message& message, bool finite, ConstView y_segment) {
  RankHolders ranks(comm_);
  const auto head = downlink.summarize(message, own(), y_segment, ranks);
  own_piece_.clear();
  encoding::append(own_piece_, Header{finite});
  downlink.encode({message, own(), supports_[static_cast<Index>(comm_.rank())]}, head.get(), y_segment, own_piece_);
}

/// Everybody's support, and the sizes of the pieces where they are known beforehand
void Delivery::draw_supports(const Compressor& downlink, const Message& message) {
  supports_.resize(space_.segments.size());
  pieces_.clear();
  for (Index r = 0; r < space_.segments.size(); ++r) {
    supports_[r].clear();
    downlink.support(message, space_.segments[r], supports_[r]);
    pieces_.push_back({0, header + downlink.piece_bytes({message, space_.segments[r], supports_[r]})});
  }
}

bool Delivery::run(const Compressor& downlink, const Round& round, bool finite, View y_segment, View out,
                   Ledger& ledger) {
  const auto key = message(round.iteration);
  const auto me = static_cast<Index>(comm_.rank());
  {
    const Timed timed(ledger.seconds_compress);
    draw_supports(downlink, key);
    if (!finite) std::ranges::fill(y_segment, 0.0);  // said by the header; what is sent does not matter
    if (round.feedback != nullptr) kernels::axpy(1.0, round.feedback->server.values, y_segment);
    encode(downlink, key, finite, y_segment);
    if (round.feedback != nullptr) {
      auto& memory = round.feedback->server.values;
      std::ranges::copy(y_segment, memory.begin());
      downlink.decode({key, own(), supports_[me]}, std::span(own_piece_).subspan(header), entries_);
      encoding::subtract(entries_, memory);
    }
  }
  {
    const Timed timed(ledger.seconds_exchange);
    if (downlink.support_kind() == Compressor::Support::data) {
      const auto sizes = gather_all(comm_, static_cast<std::int64_t>(own_piece_.size()));
      for (Index r = 0; r < pieces_.size(); ++r) pieces_[r].bytes = static_cast<std::size_t>(sizes[r]);
    }
    std::ranges::copy(own_piece_, lay_out_buffer().begin());
  }
  return gather(downlink, key, out, ledger);
}

std::span<const random::Offset> Delivery::places(const Compressor& downlink, const Round& round, Ledger& ledger) {
  const Timed timed(ledger.seconds_compress);
  draw_supports(downlink, message(round.iteration));
  return supports_[static_cast<Index>(comm_.rank())];
}

bool Delivery::run_at(const Compressor& downlink, const Round& round, bool finite, ConstView y, Ledger& ledger) {
  const auto key = message(round.iteration);
  const double factor = downlink.verbatim_factor(key);
  {
    const Timed timed(ledger.seconds_compress);
    const Header said{finite};
    std::byte* to = lay_out_buffer().data();
    std::memcpy(to, &said, header);
    to += header;
    for (const double y_j : y) {
      const double sent = factor * y_j;
      std::memcpy(to, &sent, sizeof sent);
      to += sizeof sent;
    }
  }
  return gather(downlink, key, {}, ledger);
}

/// Gives pieces of known sizes their places in the buffer; returns the own one's.
std::span<std::byte> Delivery::lay_out_buffer() {
  std::size_t total = 0;
  for (auto& piece : pieces_) {
    piece.offset = total;
    total += piece.bytes;
  }
  buffer_.resize(total);
  const auto& mine = pieces_[static_cast<Index>(comm_.rank())];
  return std::span(buffer_).subspan(mine.offset, mine.bytes);
}

/// Everybody's pieces, taken in
bool Delivery::gather(const Compressor& downlink, const Message& key, View out, Ledger& ledger) {
  {
    const Timed timed(ledger.seconds_exchange);
    comm_.all_gather(buffer_, pieces_);
  }
  const Timed timed(ledger.seconds_compress);
  const bool all_coordinates = downlink.support_kind() == Compressor::Support::all;
  const bool verbatim = downlink.verbatim_factor(key) != 0;
  count_ = 0;
  bool all_finite = true;
  for (Index r = 0; r < space_.segments.size(); ++r) {
    const auto& segment = space_.segments[r];
    auto piece = std::span<const std::byte>(buffer_).subspan(pieces_[r].offset, pieces_[r].bytes);
    Header said = 0;
    piece = piece.subspan(encoding::take(piece, said));
    all_finite = all_finite && said != 0;
    if (verbatim) {
      keep(segment, supports_[r], piece);
      continue;
    }
    downlink.decode({key, segment, supports_[r]}, piece, entries_);
    if (all_coordinates)
      std::ranges::copy(entries_.values, out.begin() + static_cast<std::ptrdiff_t>(segment.begin));
    else
      keep(segment, entries_.offsets, std::as_bytes(std::span(entries_.values)));
  }
  places_.resize(count_);
  values_.resize(count_);
  return all_finite;
}

/// One more segment's entries, the values as doubles at any address
void Delivery::keep(const Range& segment, std::span<const random::Offset> offsets, std::span<const std::byte> values) {
  places_.resize(std::max(places_.size(), count_ + offsets.size()));
  values_.resize(places_.size());
  if (!values.empty()) std::memcpy(values_.data() + count_, values.data(), values.size());
  for (const auto j : offsets) places_[count_++] = segment.begin + j;
}

}  // namespace vireo
