#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Q(x) = x in float64: 8 d bytes, q = 1.
class None final : public Compressor {
 public:
  [[nodiscard]] CompressorTheory theory(Index /*dimension*/, Index /*workers*/) const override { return {}; }
  [[nodiscard]] bool identity() const override { return true; }
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override { return 8 * part.segment.size(); }
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;
};

}  // namespace vireo
