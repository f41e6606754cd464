#include "exchange/downlink.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "encoding/apply.hpp"
#include "encoding/bytes.hpp"
#include "exchange/rank_holders.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::exchanging {
namespace {

/// A piece begins with a byte: whether the segment is finite. There is one of each rank, so it is short.
using Header = std::uint8_t;
constexpr std::size_t header = sizeof(Header);

}  // namespace

void Downlink::send_numbers(const Space& space, View out, Verdict& verdict, Ledger& ledger) {
  const Timed timed(ledger.seconds_exchange);
  const auto& own = space.segments[static_cast<Index>(comm_.rank())];
  // a segment that is not finite says so in its first number
  if (!verdict.finite && own.size() > 0) out[own.begin] = std::numeric_limits<double>::quiet_NaN();
  pieces_.clear();
  const auto empty = [](const Range& segment) { return segment.size() == 0; };
  // where there are more ranks than numbers, some can not say it so
  if (std::ranges::any_of(space.segments, empty))
    verdict.finite = combine(comm_, verdict.finite ? 1 : 0, Reduction::minimum) == 1;
  for (const auto& segment : space.segments) pieces_.push_back({8 * segment.begin, 8 * segment.size()});
  comm_.all_gather(std::as_writable_bytes(out), pieces_);
  verdict.finite = verdict.finite && std::ranges::all_of(space.segments, [&](const Range& segment) {
                     return empty(segment) || std::isfinite(out[segment.begin]);
                   });
}

void Downlink::encode(const Compressor& compressor, const Message& message, const Verdict& verdict,
                      ConstView y_segment) {
  RankHolders ranks(comm_);
  const auto head = compressor.summarize(message, own(), y_segment, ranks);
  own_piece_.clear();
  encoding::append(own_piece_, Header{verdict.finite});
  compressor.encode({message, own(), supports_[static_cast<Index>(comm_.rank())]}, head.get(), y_segment, own_piece_);
}

/// Everybody's support, and the sizes of the pieces where they are known beforehand
void Downlink::draw_supports(const Compressor& compressor, const Message& message) {
  supports_.resize(space_.segments.size());
  pieces_.clear();
  for (Index r = 0; r < space_.segments.size(); ++r) {
    supports_[r].clear();
    compressor.support(message, space_.segments[r], supports_[r]);
    pieces_.push_back({0, header + compressor.piece_bytes({message, space_.segments[r], supports_[r]})});
  }
}

void Downlink::send_compressed(const Compressor& compressor, const Round& round, View y_segment, View out,
                               Verdict& verdict, Ledger& ledger) {
  const auto key = message(round.iteration);
  const auto me = static_cast<Index>(comm_.rank());
  {
    const Timed timed(ledger.seconds_compress);
    draw_supports(compressor, key);
    if (!verdict.finite) std::ranges::fill(y_segment, 0.0);  // said by the header; what is sent does not matter
    if (round.feedback != nullptr) kernels::axpy(1.0, round.feedback->server.values, y_segment);
    encode(compressor, key, verdict, y_segment);
    if (round.feedback != nullptr) {
      auto& memory = round.feedback->server.values;
      std::ranges::copy(y_segment, memory.begin());
      compressor.decode({key, own(), supports_[me]}, std::span(own_piece_).subspan(header), decoded_);
      encoding::subtract(decoded_, memory);
    }
  }
  {
    const Timed timed(ledger.seconds_exchange);
    if (compressor.support_kind() == Compressor::Support::data) {
      const auto sizes = gather_all(comm_, static_cast<std::int64_t>(own_piece_.size()));
      for (Index r = 0; r < pieces_.size(); ++r) pieces_[r].bytes = static_cast<std::size_t>(sizes[r]);
    }
    std::ranges::copy(own_piece_, lay_out_buffer().begin());
  }
  gather(compressor, key, out, verdict, ledger);
}

std::span<const random::Offset> Downlink::draw_places(const Compressor& compressor, const Round& round,
                                                      Ledger& ledger) {
  const Timed timed(ledger.seconds_compress);
  draw_supports(compressor, message(round.iteration));
  return supports_[static_cast<Index>(comm_.rank())];
}

void Downlink::send_coordinates(const Compressor& compressor, const Round& round, ConstView y, Verdict& verdict,
                                Ledger& ledger) {
  const auto key = message(round.iteration);
  const double factor = compressor.verbatim_factor(key);
  {
    const Timed timed(ledger.seconds_compress);
    const Header said{verdict.finite};
    std::byte* to = lay_out_buffer().data();
    std::memcpy(to, &said, header);
    to += header;
    for (const double y_j : y) {
      const double sent = factor * y_j;
      std::memcpy(to, &sent, sizeof sent);
      to += sizeof sent;
    }
  }
  gather(compressor, key, {}, verdict, ledger);
}

/// Gives pieces of known sizes their places in the buffer; returns the own one's.
std::span<std::byte> Downlink::lay_out_buffer() {
  std::size_t total = 0;
  for (auto& piece : pieces_) {
    piece.offset = total;
    total += piece.bytes;
  }
  buffer_.resize(total);
  const auto& mine = pieces_[static_cast<Index>(comm_.rank())];
  return std::span(buffer_).subspan(mine.offset, mine.bytes);
}

/// Sends this rank's piece to all, and reads everybody's.
void Downlink::gather(const Compressor& compressor, const Message& key, View out, Verdict& verdict, Ledger& ledger) {
  {
    const Timed timed(ledger.seconds_exchange);
    comm_.all_gather(buffer_, pieces_);
  }
  const Timed timed(ledger.seconds_compress);
  const bool all_coordinates = compressor.support_kind() == Compressor::Support::all;
  const bool verbatim = compressor.verbatim_factor(key) != 0;
  count_ = 0;
  for (Index r = 0; r < space_.segments.size(); ++r) {
    const auto& segment = space_.segments[r];
    auto piece = std::span<const std::byte>(buffer_).subspan(pieces_[r].offset, pieces_[r].bytes);
    Header said = 0;
    piece = piece.subspan(encoding::take(piece, said));
    verdict.finite = verdict.finite && said != 0;
    if (verbatim) {
      append_entries(segment, supports_[r], piece);
      continue;
    }
    compressor.decode({key, segment, supports_[r]}, piece, decoded_);
    if (all_coordinates)
      std::ranges::copy(decoded_.values, out.begin() + static_cast<std::ptrdiff_t>(segment.begin));
    else
      append_entries(segment, decoded_.offsets, std::as_bytes(std::span(decoded_.values)));
  }
  places_.resize(count_);
  values_.resize(count_);
}

/// One more segment's entries; the values are doubles at any address
void Downlink::append_entries(const Range& segment, std::span<const random::Offset> offsets,
                              std::span<const std::byte> values) {
  places_.resize(std::max(places_.size(), count_ + offsets.size()));
  values_.resize(places_.size());
  if (!values.empty()) std::memcpy(values_.data() + count_, values.data(), values.size());
  for (const auto j : offsets) places_[count_++] = segment.begin + j;
}

}  // namespace vireo::exchanging
