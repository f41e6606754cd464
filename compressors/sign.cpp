#include "compressors/sign.hpp"

#include <cmath>

#include "compressors/bits.hpp"
#include "compressors/builtin.hpp"
#include "compressors/bytes.hpp"

namespace vireo {
namespace {

struct ScaleHead final : Head {
  explicit ScaleHead(double value) : scale(value) {}
  double scale;
};

}  // namespace

CompressorTheory Sign::theory(Index dimension, Index /*workers*/) const {
  return {.kind = CompressorTheory::Kind::contractive,
          .delta = static_cast<double>(dimension),
          .growth = 1,  // ||C(x)||^2 = ||x||_1^2 / d <= ||x||^2
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t Sign::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(sizeof(double) + bytes_of_bits(message.dimension));
}

std::size_t Sign::piece_bytes(const Part& part) const { return sizeof(double) + bytes_of_bits(part.segment.size()); }

HeadPointer Sign::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  const double largest = largest_magnitude(x, holders);
  const double l1 = l1_norm(x, largest, message.dimension, holders);
  return std::make_unique<ScaleHead>(l1 / static_cast<double>(message.dimension));
}

void Sign::encode(const Part& /*part*/, const Head* head, ConstView x_segment, Bytes& out) const {
  append(out, static_cast<const ScaleHead*>(head)->scale);
  BitWriter writer(out, x_segment.size());
  for (const double x : x_segment) writer.put(std::signbit(x) ? 1 : 0, 1);
  writer.finish();
}

std::size_t Sign::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  double scale = 0;
  const std::size_t at = take(in, scale);
  const std::size_t bytes = bytes_of_bits(part.segment.size());
  BitReader reader(in.subspan(at, bytes));
  out.offsets.clear();
  out.values.resize(part.segment.size());
  for (double& x : out.values) x = reader.get(1) != 0 ? -scale : scale;
  return at + bytes;
}

void register_sign(Registry& registry) {
  CompressorPlugIn plug;
  plug.name = "sign";
  plug.summary = "one bit a coordinate and the mean magnitude; for error feedback";
  plug.formula = "C(x) = (|x|_1 / d) sign(x);  contractive, |C(x)-x|^2 = |x|^2 - |x|_1^2/d, delta = d;  8 + d/8 bytes";
  plug.reference = "Karimireddy, Rebjock, Stich, Jaggi, Error feedback fixes SignSGD, ICML 2019";
  plug.make = [](const Parameters&, const Shelf<CompressorPlugIn>&) { return std::make_shared<Sign>(); };
  registry.compressors.add(std::move(plug));
}

}  // namespace vireo
