#include <cmath>

#include "encoding/bits.hpp"
#include "encoding/bytes.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// The signs, scaled by the mean magnitude:  C(x) = (||x||_1 / d) sign(x).
///
/// ||C(x) - x||^2 = ||x||^2 - ||x||_1^2 / d, hence contractive with delta = d in the worst case (one coordinate that is
/// not zero) and far better for messages whose coordinates are alike. Wire format: the scale, then one bit a
/// coordinate. Source: Karimireddy, Rebjock, Stich, Jaggi, "Error feedback fixes SignSGD", ICML 2019.
class Sign final : public Compressor {
 public:
  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;
};

struct ScaleHead final : Head {
  explicit ScaleHead(double value) : scale(value) {}
  double scale;
};

CompressorTheory Sign::theory(Index dimension, Index /*workers*/) const {
  return {.kind = CompressorTheory::Kind::contractive,
          .delta = static_cast<double>(dimension),
          .growth = 1,  // ||C(x)||^2 = ||x||_1^2 / d <= ||x||^2
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t Sign::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(sizeof(double) + encoding::bytes_of_bits(message.dimension));
}

std::size_t Sign::piece_bytes(const Part& part) const {
  return sizeof(double) + encoding::bytes_of_bits(part.segment.size());
}

HeadPointer Sign::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  const double largest = largest_magnitude(x, holders);
  const double l1 = l1_norm(x, largest, message.dimension, holders);
  return std::make_unique<ScaleHead>(l1 / static_cast<double>(message.dimension));
}

void Sign::encode(const Part& /*part*/, const Head* head, ConstView x_segment, Bytes& out) const {
  encoding::append(out, static_cast<const ScaleHead*>(head)->scale);
  encoding::BitWriter writer(out, x_segment.size());
  for (const double x : x_segment) writer.put(std::signbit(x) ? 1 : 0, 1);
  writer.finish();
}

std::size_t Sign::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  double scale = 0;
  const std::size_t at = encoding::take(in, scale);
  const std::size_t bytes = encoding::bytes_of_bits(part.segment.size());
  encoding::BitReader reader(in.subspan(at, bytes));
  out.offsets.clear();
  out.values.resize(part.segment.size());
  for (double& x : out.values) x = reader.get(1) != 0 ? -scale : scale;
  return at + bytes;
}

}  // namespace

CompressorPlugIn sign() {
  CompressorPlugIn plug;
  plug.name = "sign";
  plug.also_called = {"signsgd", "onebit", "1-bit"};
  plug.summary = "one bit a coordinate and the mean magnitude; for error feedback";
  plug.formula = "C(x) = (|x|_1 / d) sign(x);  contractive, |C(x)-x|^2 = |x|^2 - |x|_1^2/d, delta = d;  8 + d/8 bytes";
  plug.reference = "Karimireddy, Rebjock, Stich, Jaggi, Error feedback fixes SignSGD, ICML 2019";
  plug.make = [](const Parameters&, const Catalog<CompressorPlugIn>&) { return std::make_shared<Sign>(); };
  return plug;
}

}  // namespace vireo::compressors
