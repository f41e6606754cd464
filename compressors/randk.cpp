#include <algorithm>
#include <cmath>
#include <memory>

#include "encoding/share.hpp"
#include "encoding/wire.hpp"
#include "vireo/compressors/compressor.hpp"
#include "vireo/core/error.hpp"

namespace vireo::compressors {
namespace {

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
  RandK(encoding::Share share, encoding::Wire wire, bool shared) : share_(share), wire_(wire), shared_(shared) {}

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
  encoding::Share share_;
  encoding::Wire wire_;
  bool shared_;
};

CompressorTheory RandK::theory(Index dimension, Index /*workers*/) const {
  const Index k = size(dimension);
  const double q = scale(dimension) * (1 + wire_.variance(k));
  return {.kind = CompressorTheory::Kind::unbiased,
          .q = q,
          .delta = q,
          .density = static_cast<double>(wire_.bytes(k)) / static_cast<double>(8 * dimension),
          .draws = shared_ ? CompressorTheory::Draws::shared : CompressorTheory::Draws::independent};
}

std::int64_t RandK::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(wire_.bytes(size(message.dimension)));
}

void RandK::support(const Message& message, Range segment, std::vector<random::Offset>& offsets) const {
  auto key = message.key;
  if (shared_) key.worker = random::nobody;
  random::Subset(key, message.dimension, size(message.dimension)).append_range(segment.begin, segment.end, offsets);
}

HeadPointer RandK::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  return wire_.summarize(scale(message.dimension), x, holders);
}

void RandK::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  wire_.encode(part, head, scale(part.message.dimension), x_segment, part.support, out);
}

std::size_t RandK::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  out.offsets.assign(part.support.begin(), part.support.end());
  return wire_.decode(in, part.support.size(), out.values);
}

}  // namespace

CompressorPlugIn randk() {
  CompressorPlugIn plug;
  plug.name = "randk";
  plug.also_called = {"random-sparsification", "rand"};
  plug.summary = "k random coordinates, scaled by d/k; the receiver redraws which ones";
  plug.formula = "Q(x)_j = (d/k) x_j if j in S, else 0, S uniform of size k;  unbiased, q = d/k;  8 k bytes";
  plug.reference = "Beznosikov, Horvath, Richtarik, Safaryan, On biased compression, JMLR 2023 (the unbiased form)";
  plug.parameters = encoding::Share::parameters();
  plug.parameters.push_back(encoding::Wire::parameter());
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<RandK>(encoding::Share::from("randk", p), encoding::Wire::from(p), false);
  };
  return plug;
}

CompressorPlugIn randk_shared() {
  CompressorPlugIn plug;
  plug.name = "randk-shared";
  plug.summary = "Rand-k with the same coordinates on all workers: one reduction of k values, both ways";
  plug.formula =
      "Q(x)_j = (d/k) x_j if j in S, else 0, one S for all workers;  unbiased, q = d/k, C_q^2 = q L^2;  8 k bytes";
  plug.reference = "Beznosikov et al., NeurIPS 2022, section on shared seeds; see docs/methods.md";
  plug.parameters = encoding::Share::parameters();
  plug.parameters.push_back(encoding::Wire::parameter());
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<RandK>(encoding::Share::from("randk-shared", p), encoding::Wire::from(p), true);
  };
  return plug;
}

}  // namespace vireo::compressors
