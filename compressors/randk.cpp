#include "compressors/randk.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/builtin.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

std::vector<Parameter> Share::parameters() {
  return {Parameter::real("fraction", "", "k/d; 0.1 if k is not given either", 0, 1).open_below(),
          Parameter::integer("k", "", "number of coordinates kept", 1)};
}

Share Share::from(const std::string& name, const Parameters& parameters) {
  if (parameters.has("k") && parameters.has("fraction")) throw UsageError(name + ": give k or fraction, not both");
  if (parameters.has("k")) return of_size(parameters.integer("k"));
  return of_fraction(parameters.has("fraction") ? parameters.real("fraction") : 0.1);
}

Index Share::size(const std::string& name, Index dimension) const {
  if (k_ > dimension)
    throw UsageError(name + ": k=" + std::to_string(k_) + " is larger than the dimension " + std::to_string(dimension));
  if (k_ > 0) return k_;
  const auto k = static_cast<Index>(std::llround(fraction_ * static_cast<double>(dimension)));
  return std::clamp<Index>(k, 1, dimension);
}

std::shared_ptr<RandK> RandK::of_fraction(double fraction) {
  return std::make_shared<RandK>(Share::of_fraction(fraction), Wire(Wire::Width::float64), false);
}
std::shared_ptr<RandK> RandK::of_size(Index k) {
  return std::make_shared<RandK>(Share::of_size(k), Wire(Wire::Width::float64), false);
}

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

void register_randk(Registry& registry) {
  CompressorPlugIn plug;
  plug.name = "randk";
  plug.summary = "k random coordinates, scaled by d/k; the receiver redraws which ones";
  plug.formula = "Q(x)_j = (d/k) x_j if j in S, else 0, S uniform of size k;  unbiased, q = d/k;  8 k bytes";
  plug.reference = "Beznosikov, Horvath, Richtarik, Safaryan, On biased compression, JMLR 2023 (the unbiased form)";
  plug.parameters = Share::parameters();
  plug.parameters.push_back(Wire::parameter());
  plug.make = [](const Parameters& p, const Shelf<CompressorPlugIn>&) {
    return std::make_shared<RandK>(Share::from("randk", p), Wire::from(p), false);
  };
  registry.compressors.add(plug);

  plug.name = "randk-shared";
  plug.summary = "Rand-k with the same coordinates on all workers: one reduction of k values, both ways";
  plug.formula =
      "Q(x)_j = (d/k) x_j if j in S, else 0, one S for all workers;  unbiased, q = d/k, C_q^2 = q L^2;  8 k bytes";
  plug.reference = "Beznosikov et al., NeurIPS 2022, section on shared seeds; see docs/methods.md";
  plug.make = [](const Parameters& p, const Shelf<CompressorPlugIn>&) {
    return std::make_shared<RandK>(Share::from("randk-shared", p), Wire::from(p), true);
  };
  registry.compressors.add(std::move(plug));
}

}  // namespace vireo
