#pragma once

#include <memory>

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Rand-k: k coordinates drawn without replacement, scaled so that the mean is x.
///
///     Q(x)_j = (d/k) x_j  if j in S,  else 0;   S uniform among the sets of k coordinates
///
/// Unbiased with q = d/k, and E||Q(x)||^2 = (d/k) ||x||^2 exactly. Wire format: the k values in float64, in order
/// of their coordinates; the receiver redraws S from the key. 8 k bytes.
/// Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", NeurIPS 2018 (unscaled); the scaled form is the
/// standard unbiased one.
class RandK final : public Compressor {
 public:
  /// k = round(fraction d), at least 1; 0 < fraction <= 1
  static std::shared_ptr<RandK> of_fraction(double fraction);
  /// k as given
  static std::shared_ptr<RandK> of_size(Index k);

  /// throws UsageError if k > d
  [[nodiscard]] Index size(Index dimension) const;

  [[nodiscard]] CompressorTheory theory(Index dimension) const override;
  [[nodiscard]] std::int64_t encoded_bytes(Index dimension) const override;
  [[nodiscard]] Index entries(Index dimension) const override { return size(dimension); }
  void support(const random::Key& key, Index dimension, Range segment,
               std::vector<random::Offset>& offsets) const override;
  [[nodiscard]] std::size_t piece_bytes(std::size_t count) const override { return 8 * count; }
  void encode(Index dimension, ConstView x_segment, std::span<const random::Offset> support,
              std::span<std::byte> piece) const override;
  void decode(Index dimension, std::span<const std::byte> piece, std::span<const random::Offset> support,
              std::vector<double>& values) const override;

 private:
  RandK(double fraction, Index k) : fraction_(fraction), k_(k) {}
  double fraction_;
  Index k_;  ///< 0: by fraction
};

}  // namespace vireo
