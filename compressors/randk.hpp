#pragma once

#include <memory>

#include "compressors/wire.hpp"

namespace vireo {

/// k of d coordinates, given as k or as a fraction of d.
class Share {
 public:
  /// k = round(fraction d), at least 1; 0 < fraction <= 1
  static Share of_fraction(double fraction) { return {fraction, 0}; }
  static Share of_size(Index k) { return {0, k}; }
  /// The parameters `fraction` and `k` (0.1 if neither is given), and their value
  [[nodiscard]] static std::vector<Parameter> parameters();
  [[nodiscard]] static Share from(const std::string& name, const Parameters& parameters);

  /// k; throws UsageError if it is larger than d
  [[nodiscard]] Index size(const std::string& name, Index dimension) const;

 private:
  Share(double fraction, Index k) : fraction_(fraction), k_(k) {}
  double fraction_;
  Index k_;  ///< 0: by fraction
};

/// Rand-k: k coordinates drawn without replacement, scaled so that the mean is x.
///
///     Q(x)_j = (d/k) x_j  if j in S,  else 0;   S uniform among the sets of k coordinates
///
/// Unbiased with q = d/k, and E||Q(x)||^2 = (d/k) ||x||^2 exactly. Wire format: the k values, in order of their
/// coordinates; the receiver redraws S from the key. 8 k bytes, or 4 k + 2 with wire=float32.
///
/// With `shared`, S is the same for all workers of a round: then the mean of the messages is Q of the mean, k numbers
/// are added instead of M k sent around, and E||mean_m Q(x_m)||^2 = q ||mean_m x_m||^2.
/// Source: Beznosikov, Horvath, Richtarik, Safaryan, "On biased compression for distributed learning", JMLR 2023.
class RandK final : public Compressor {
 public:
  RandK(Share share, Wire wire, bool shared) : share_(share), wire_(wire), shared_(shared) {}
  static std::shared_ptr<RandK> of_fraction(double fraction);
  static std::shared_ptr<RandK> of_size(Index k);

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::key; }
  [[nodiscard]] double verbatim_factor(const Message& message) const override {
    return wire_.verbatim() ? scale(message.dimension) : 0;
  }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  void support(const Message& message, Range segment, std::vector<random::Offset>& offsets) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override { return wire_.bytes(part.support.size()); }
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  [[nodiscard]] Index size(Index dimension) const { return share_.size(shared_ ? "randk-shared" : "randk", dimension); }
  [[nodiscard]] double scale(Index dimension) const {
    return static_cast<double>(dimension) / static_cast<double>(size(dimension));
  }
  Share share_;
  Wire wire_;
  bool shared_;
};

}  // namespace vireo
