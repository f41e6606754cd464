#pragma once

#include "compressors/float_codec.hpp"

namespace vireo {

/// Random rounding of every coordinate to a short floating-point number, without bias (see FloatCodec): `natural`, a
/// sign and a power of two in 9 bits, and `rounding` to 8, 16 or 32 bits with 2, 7 or 23 bits of mantissa.
///
/// Unbiased with q = 1 + h^2 / (4 (1+h)), h = 2^-mantissa bits: 1 + 1/8 for natural, 1 + 2^-16 for 16 bits. Wire
/// format: the largest exponent (16 bits), then the codes, packed. Source: Horvath et al., "Natural compression for
/// distributed deep learning", MSML 2022.
class Rounding final : public Compressor {
 public:
  explicit Rounding(FloatCodec codec) : codec_(codec) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  FloatCodec codec_;
};

}  // namespace vireo
