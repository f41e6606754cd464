#include "compressors/none.hpp"

#include <cstring>
#include <numeric>

namespace vireo {

CompressorTheory None::theory(Index /*dimension*/) const { return {}; }

std::int64_t None::encoded_bytes(Index dimension) const { return static_cast<std::int64_t>(8 * dimension); }

void None::support(const random::Key& /*key*/, Index /*dimension*/, Range segment,
                   std::vector<random::Offset>& offsets) const {
  offsets.resize(segment.size());
  std::iota(offsets.begin(), offsets.end(), 0U);
}

void None::encode(Index /*dimension*/, ConstView x_segment, std::span<const random::Offset> /*support*/,
                  std::span<std::byte> piece) const {
  std::memcpy(piece.data(), x_segment.data(), x_segment.size_bytes());
}

void None::decode(Index /*dimension*/, std::span<const std::byte> piece, std::span<const random::Offset> support,
                  std::vector<double>& values) const {
  values.resize(support.size());
  std::memcpy(values.data(), piece.data(), 8 * values.size());
}

}  // namespace vireo
