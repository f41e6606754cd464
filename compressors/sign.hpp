#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// The signs, scaled by the mean magnitude:  C(x) = (||x||_1 / d) sign(x).
///
/// ||C(x) - x||^2 = ||x||^2 - ||x||_1^2 / d, hence contractive with delta = d in the worst case (one coordinate that is
/// not zero) and far better for messages whose coordinates are alike. Wire format: the scale, then one bit a
/// coordinate. Source: Karimireddy, Rebjock, Stich, Jaggi, "Error feedback fixes SignSGD", ICML 2019.
class Sign final : public Compressor {
 public:
  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;
};

}  // namespace vireo
