#pragma once

#include "compressors/randk.hpp"
#include "compressors/wire.hpp"

namespace vireo {

/// Top-k: the k coordinates of largest magnitude as they are; of equal ones, the lowest. Exact.
///
///     C(x)_j = x_j  if |x_j| is among the k largest,  else 0
///
/// Contractive with delta = d/k, and ||C(x)|| <= ||x||. Wire format of a piece: the number of its entries (32 bits);
/// the places by Elias and Fano's code, that is the gaps between the places' upper parts in unary and l lower bits
/// each, with l chosen for k of d (about log2(d/k) + 2 bits a place); the values. 4 + ceil((k (1+l) + floor((d-1)/2^l))
/// / 8) + 8 k bytes. Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", NeurIPS 2018; Elias, "Efficient
/// storage and retrieval by content and address of static files", JACM 1974.
class TopK final : public Compressor {
 public:
  TopK(Share share, Wire wire) : share_(share), wire_(wire) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::data; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  [[nodiscard]] Index size(Index dimension) const { return share_.size("topk", dimension); }
  Share share_;
  Wire wire_;
};

}  // namespace vireo
