#include "compressors/randk.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "vireo/core/error.hpp"

namespace vireo {

std::shared_ptr<RandK> RandK::of_fraction(double fraction) { return std::shared_ptr<RandK>(new RandK(fraction, 0)); }
std::shared_ptr<RandK> RandK::of_size(Index k) { return std::shared_ptr<RandK>(new RandK(0, k)); }

Index RandK::size(Index dimension) const {
  if (k_ > dimension)
    throw UsageError("randk: k=" + std::to_string(k_) + " is larger than the dimension " + std::to_string(dimension));
  if (k_ > 0) return k_;
  const auto k = static_cast<Index>(std::llround(fraction_ * static_cast<double>(dimension)));
  return std::clamp<Index>(k, 1, dimension);
}

CompressorTheory RandK::theory(Index dimension) const {
  const double ratio = static_cast<double>(size(dimension)) / static_cast<double>(dimension);
  return {.kind = CompressorTheory::Kind::unbiased, .q = 1 / ratio, .delta = 1 / ratio, .density = ratio};
}

std::int64_t RandK::encoded_bytes(Index dimension) const { return static_cast<std::int64_t>(8 * size(dimension)); }

void RandK::support(const random::Key& key, Index dimension, Range segment,
                    std::vector<random::Offset>& offsets) const {
  random::Subset(key, dimension, size(dimension)).append_range(segment.begin, segment.end, offsets);
}

void RandK::encode(Index dimension, ConstView x_segment, std::span<const random::Offset> support,
                   std::span<std::byte> piece) const {
  const double scale = static_cast<double>(dimension) / static_cast<double>(size(dimension));
  std::byte* at = piece.data();
  for (const auto j : support) {
    const double value = scale * x_segment[j];
    std::memcpy(at, &value, sizeof value);
    at += sizeof value;
  }
}

void RandK::decode(Index /*dimension*/, std::span<const std::byte> piece, std::span<const random::Offset> support,
                   std::vector<double>& values) const {
  values.resize(support.size());
  if (!values.empty()) std::memcpy(values.data(), piece.data(), 8 * values.size());
}

}  // namespace vireo
