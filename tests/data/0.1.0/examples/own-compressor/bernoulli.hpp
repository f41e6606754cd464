#pragma once

#include "vireo/compressors/compressor.hpp"
#include "vireo/plugins/registry.hpp"

/// Each coordinate is kept with probability p, whatever happens to the others:
///
///     Q(x)_j = x_j / p  with probability p,  else 0.
///
/// E Q(x) = x and E||Q(x)||^2 = ||x||^2 / p: unbiased with q = 1/p. Which coordinates are kept follows from the
/// message's key, so the receiver redraws them and the values travel alone: 8 bytes for each of the d p that are kept
/// on average. p is rounded to a multiple of 2^-32. Source: Wangni, Wang, Liu, Zhang, "Gradient sparsification for
/// communication-efficient distributed optimization", NeurIPS 2018, with equal probabilities.
class Bernoulli final : public vireo::Compressor {
 public:
  explicit Bernoulli(double probability);

  vireo::CompressorTheory theory(vireo::Index dimension, vireo::Index workers) const override;
  Support support_kind() const override { return Support::key; }
  std::int64_t encoded_bytes(const vireo::Message& message) const override;
  void support(const vireo::Message& message, vireo::Range segment,
               std::vector<vireo::random::Offset>& offsets) const override;
  std::size_t piece_bytes(const vireo::Part& part) const override;
  void encode(const vireo::Part& part, const vireo::Head* head, vireo::ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const vireo::Part& part, std::span<const std::byte> in, vireo::Entries& out) const override;

 private:
  std::uint64_t threshold_;  ///< 2^32 p: a coordinate is kept if its 32 random bits are below
  double p_;
};

/// Makes `bernoulli` known to the command line.
void register_bernoulli(vireo::Registry& registry);
