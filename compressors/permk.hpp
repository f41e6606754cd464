#pragma once

#include "compressors/wire.hpp"

namespace vireo {

/// Perm-k: the coordinates are dealt out to the workers, each sends its own, scaled by M.
///
///     Q_m(x)_j = M x_j  if pi assigns coordinate j to worker m,  else 0
///
/// One random permutation a round cuts the coordinates into M blocks that differ by at most one coordinate; a random
/// rotation says which worker gets which block, so that every worker has every coordinate with probability 1/M, for any
/// d and M. Each Q_m is unbiased with q = M, and the mean is better than that of independent messages:
/// E||mean_m Q_m(x_m)||^2 = mean_m ||x_m||^2. Wire format: the values of the block; receivers redraw it.
/// Source: Szlendak, Tyurin, Richtarik, "Permutation compressors for provably faster distributed nonconvex
/// optimization", ICLR 2022, Definition 2.
class PermK final : public Compressor {
 public:
  explicit PermK(Wire wire) : wire_(wire) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::key; }
  [[nodiscard]] double verbatim_factor(const Message& message) const override {
    return wire_.verbatim() ? static_cast<double>(message.workers) : 0;
  }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  void support(const Message& message, Range segment, std::vector<random::Offset>& offsets) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override { return wire_.bytes(part.support.size()); }
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  Wire wire_;
};

}  // namespace vireo
