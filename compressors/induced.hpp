#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// A contractive compressor made unbiased by an unbiased one on what it leaves over:
///
///     Q(x) = C(x) + U(x - C(x))
///
/// Unbiased, since U is, with q = 1 + (q_U - 1)(1 - 1/delta_C). Wire format: both messages, one after the other.
/// Source: Horvath, Richtarik, "A better alternative to error feedback for communication-efficient distributed
/// learning", ICLR 2021, Theorem 3.
class Induced final : public Compressor {
 public:
  /// throws UsageError if `unbiased` is not for some dimension when `theory` is called
  Induced(CompressorPointer contractive, CompressorPointer unbiased)
      : contractive_(std::move(contractive)), unbiased_(std::move(unbiased)) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::data; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  CompressorPointer contractive_;
  CompressorPointer unbiased_;
};

}  // namespace vireo
