#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Random dithering: each coordinate is rounded at random to one of s levels of the message's norm, without bias.
///
///     Q(x)_j = ||x|| sign(x_j) l_j / s,    l_j = floor(s |x_j| / ||x|| + u_j),  u_j uniform in (0, 1)
///
/// with the l2 norm or the largest magnitude (linf). Unbiased with
///     l2:   q = 1 + min( d / (4 s^2), sqrt(d) / s )
///     linf: q = 1 + min( (d-1) / (4 s^2), sqrt(d-1) / (2 s) )
/// since a coordinate's variance is at most (||x||/s)^2 / 4 and at most |x_j| ||x|| / s. Wire format: the norm, then a
/// sign and ceil(log2(s+1)) bits a coordinate, packed.
/// Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, "QSGD", NeurIPS 2017, section 3.1.
class Dithering final : public Compressor {
 public:
  enum class Norm : std::uint8_t { l2, linf };
  /// 1 <= levels < 2^16
  Dithering(std::uint32_t levels, Norm norm);

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  std::uint32_t levels_;
  Norm norm_;
  unsigned bits_;  ///< of a coordinate
};

}  // namespace vireo
