#include "bernoulli.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>

Bernoulli::Bernoulli(double probability)
    : threshold_(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(probability * 0x1p32)))),
      p_(static_cast<double>(threshold_) * 0x1p-32) {}

vireo::CompressorTheory Bernoulli::theory(vireo::Index /*dimension*/, vireo::Index /*workers*/) const {
  return {.kind = vireo::CompressorTheory::Kind::unbiased, .q = 1 / p_, .delta = 1 / p_, .density = p_};
}

void Bernoulli::support(const vireo::Message& message, vireo::Range segment,
                        std::vector<vireo::random::Offset>& offsets) const {
  // Bits number j of the key belong to coordinate j: any segment is drawn without the others.
  std::array<std::uint32_t, 1024> bits{};
  for (vireo::Index begin = segment.begin; begin < segment.end; begin += bits.size()) {
    const auto count = std::min<vireo::Index>(bits.size(), segment.end - begin);
    vireo::random::words(message.key, 0, begin, {bits.data(), count});
    for (vireo::Index i = 0; i < count; ++i)
      if (bits[i] < threshold_) offsets.push_back(static_cast<vireo::random::Offset>(begin + i - segment.begin));
  }
}

std::int64_t Bernoulli::encoded_bytes(const vireo::Message& message) const {
  std::vector<vireo::random::Offset> kept;
  support(message, {0, message.dimension}, kept);
  return static_cast<std::int64_t>(kept.size() * sizeof(double));
}

std::size_t Bernoulli::piece_bytes(const vireo::Part& part) const { return part.support.size() * sizeof(double); }

void Bernoulli::encode(const vireo::Part& part, const vireo::Head* /*head*/, vireo::ConstView x_segment,
                       Bytes& out) const {
  for (const auto j : part.support) {
    const double value = x_segment[j] / p_;
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    out.insert(out.end(), bytes, bytes + sizeof value);
  }
}

std::size_t Bernoulli::decode(const vireo::Part& part, std::span<const std::byte> in, vireo::Entries& out) const {
  out.offsets.assign(part.support.begin(), part.support.end());
  out.values.resize(part.support.size());
  if (!out.values.empty()) std::memcpy(out.values.data(), in.data(), piece_bytes(part));
  return piece_bytes(part);
}

void register_bernoulli(vireo::Registry& registry) {
  vireo::CompressorPlugIn plug;
  plug.name = "bernoulli";
  plug.summary = "each coordinate by a coin of its own, scaled by 1/p; the receiver redraws which ones";
  plug.formula = "Q(x)_j = x_j / p with probability p, else 0;  unbiased, q = 1/p;  8 d p bytes on average";
  plug.reference =
      "Wangni, Wang, Liu, Zhang, Gradient sparsification for communication-efficient distributed optimization, NeurIPS "
      "2018";
  plug.parameters = {vireo::Parameter::real("probability", "0.1", "p", 0, 1).open_below()};
  plug.make = [](const vireo::Parameters& parameters, const vireo::Shelf<vireo::CompressorPlugIn>&) {
    return std::make_shared<Bernoulli>(parameters.real("probability"));
  };
  registry.compressors.add(std::move(plug));
}
