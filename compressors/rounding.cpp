#include "encoding/bytes.hpp"
#include "encoding/dense_piece.hpp"
#include "encoding/float_codec.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// Random rounding of every coordinate to a short floating-point number, without bias (see FloatCodec): `natural`, a
/// sign and a power of two in 9 bits, and `rounding` to 8, 16 or 32 bits with 2, 7 or 23 bits of mantissa.
///
/// Unbiased with q = 1 + h^2 / (4 (1+h)), h = 2^-mantissa bits: 1 + 1/8 for natural, 1 + 2^-16 for 16 bits. Wire
/// format: the largest exponent (16 bits), then the codes, packed. Source: Horvath et al., "Natural compression for
/// distributed deep learning", MSML 2022.
class Rounding final : public Compressor {
 public:
  explicit Rounding(encoding::FloatCodec codec) : codec_(codec) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  encoding::FloatCodec codec_;
};

CompressorTheory Rounding::theory(Index dimension, Index /*workers*/) const {
  const double q = 1 + codec_.variance(dimension);
  return {.kind = CompressorTheory::Kind::unbiased,
          .q = q,
          .delta = q,
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t Rounding::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(sizeof(encoding::FloatCodec::Top) +
                                   encoding::bytes_of_bits(codec_.bits() * message.dimension));
}

std::size_t Rounding::piece_bytes(const Part& part) const {
  return sizeof(encoding::FloatCodec::Top) + encoding::bytes_of_bits(codec_.bits() * part.segment.size());
}

HeadPointer Rounding::summarize(const Message& /*message*/, Range /*held*/, ConstView x, Holders& holders) const {
  return std::make_unique<encoding::TopHead>(encoding::FloatCodec::top_of(largest_magnitude(x, holders)));
}

void Rounding::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const auto top = static_cast<const encoding::TopHead*>(head)->top;
  encoding::append(out, top);
  encoding::encode_all(part, x_segment, codec_.bits(), out, encoding::FloatCodec::Encoder(codec_, top));
}

std::size_t Rounding::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  encoding::FloatCodec::Top top = 0;
  const std::size_t at = encoding::take(in, top);
  return at +
         encoding::decode_all(part, in.subspan(at), codec_.bits(), out, encoding::FloatCodec::Decoder(codec_, top));
}

}  // namespace

CompressorPlugIn natural() {
  CompressorPlugIn plug;
  plug.name = "natural";
  plug.also_called = {"natural-compression", "cnat"};
  plug.summary = "each coordinate rounded at random to a sign and a power of two: 9 bits, hardly any noise";
  plug.formula = "Q(x)_j = +-2^a or 2^(a+1) next to x_j, with mean x_j;  unbiased, q = 9/8;  9 bits a coordinate";
  plug.reference = "Horvath, Ho, Horvath, Sahu, Canini, Richtarik, Natural compression, MSML 2022";
  plug.make = [](const Parameters&, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<Rounding>(encoding::FloatCodec(8, 0));
  };
  return plug;
}

CompressorPlugIn rounding() {
  CompressorPlugIn plug;
  plug.name = "rounding";
  plug.also_called = {"float16", "fp16", "bfloat16", "bf16", "half"};
  plug.summary = "each coordinate rounded at random to a short floating-point number";
  plug.formula =
      "8 bits: 5 of exponent, 2 of mantissa, q = 1 + 1/80; 16: 8 and 7, q = 1 + 2^-16; 32: 8 and 23;  unbiased";
  plug.reference = "the idea of natural compression with mantissa bits; docs/methods.md";
  plug.parameters = {Parameter::choice("bits", "16", "of a coordinate", {"8", "16", "32"})};
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    const auto& bits = p.text("bits");
    return std::make_shared<Rounding>(bits == "8"    ? encoding::FloatCodec(5, 2)
                                      : bits == "16" ? encoding::FloatCodec(8, 7)
                                                     : encoding::FloatCodec(8, 23));
  };
  return plug;
}

}  // namespace vireo::compressors
