#include "exchange/delivery.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace vireo {

bool Delivery::run(bool finite, View out, Ledger& ledger) {
  const Timed timed(ledger.seconds_exchange);
  const auto& own = segment_[static_cast<Index>(comm_.rank())];
  // a segment that is not finite says so in its first number
  if (!finite && own.size() > 0) out[own.begin] = std::numeric_limits<double>::quiet_NaN();
  pieces_.clear();
  for (const auto& segment : segment_) pieces_.push_back({8 * segment.begin, 8 * segment.size()});
  comm_.all_gather(std::as_writable_bytes(out), pieces_);
  return std::all_of(segment_.begin(), segment_.end(),
                     [&](const Range& segment) { return segment.size() == 0 || std::isfinite(out[segment.begin]); });
}

bool Delivery::run(const Compressor& downlink, std::uint64_t iteration, bool finite, ConstView y_segment, View out,
                   Ledger& ledger) {
  constexpr std::size_t header = 8;  // one number: 0, or NaN if the segment is not finite
  const random::Key key{seed_, random::Purpose::downlink, random::nobody, iteration};
  const auto me = static_cast<Index>(comm_.rank());
  {
    const Timed timed(ledger.seconds_compress);
    supports_.resize(segment_.size());
    pieces_.clear();
    std::size_t total = 0;
    for (Index r = 0; r < segment_.size(); ++r) {
      supports_[r].clear();
      downlink.support(key, out.size(), segment_[r], supports_[r]);
      pieces_.push_back({total, header + downlink.piece_bytes(supports_[r].size())});
      total += pieces_.back().bytes;
    }
    buffer_.resize(total);
    const auto own = std::span(buffer_).subspan(pieces_[me].offset, pieces_[me].bytes);
    const double word = finite ? 0.0 : std::numeric_limits<double>::quiet_NaN();
    std::memcpy(own.data(), &word, header);
    downlink.encode(out.size(), y_segment, supports_[me], own.subspan(header));
  }
  {
    const Timed timed(ledger.seconds_exchange);
    comm_.all_gather(buffer_, pieces_);
  }
  const Timed timed(ledger.seconds_compress);
  std::fill(out.begin(), out.end(), 0.0);
  bool all_finite = true;
  for (Index r = 0; r < segment_.size(); ++r) {
    const auto piece = std::span<const std::byte>(buffer_).subspan(pieces_[r].offset, pieces_[r].bytes);
    double word = 0;
    std::memcpy(&word, piece.data(), header);
    all_finite = all_finite && std::isfinite(word);
    downlink.decode(out.size(), piece.subspan(header), supports_[r], values_);
    double* const segment = out.data() + segment_[r].begin;
    for (std::size_t i = 0; i < values_.size(); ++i) segment[supports_[r][i]] = values_[i];
  }
  return all_finite;
}

}  // namespace vireo
