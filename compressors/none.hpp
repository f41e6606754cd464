#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Q(x) = x in float64: 8 d bytes, q = 1.
class None final : public Compressor {
 public:
  [[nodiscard]] CompressorTheory theory(Index dimension) const override;
  [[nodiscard]] bool identity() const override { return true; }
  [[nodiscard]] std::int64_t encoded_bytes(Index dimension) const override;
  [[nodiscard]] Index entries(Index dimension) const override { return dimension; }
  void support(const random::Key& key, Index dimension, Range segment,
               std::vector<random::Offset>& offsets) const override;
  [[nodiscard]] std::size_t piece_bytes(std::size_t count) const override { return 8 * count; }
  void encode(Index dimension, ConstView x_segment, std::span<const random::Offset> support,
              std::span<std::byte> piece) const override;
  void decode(Index dimension, std::span<const std::byte> piece, std::span<const random::Offset> support,
              std::vector<double>& values) const override;
};

}  // namespace vireo
