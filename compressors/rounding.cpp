#include "compressors/rounding.hpp"

#include "compressors/builtin.hpp"
#include "compressors/bytes.hpp"
#include "compressors/dense_piece.hpp"

namespace vireo {

CompressorTheory Rounding::theory(Index dimension, Index /*workers*/) const {
  const double q = 1 + codec_.variance(dimension);
  return {.kind = CompressorTheory::Kind::unbiased,
          .q = q,
          .delta = q,
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t Rounding::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(sizeof(FloatCodec::Top) + bytes_of_bits(codec_.bits() * message.dimension));
}

std::size_t Rounding::piece_bytes(const Part& part) const {
  return sizeof(FloatCodec::Top) + bytes_of_bits(codec_.bits() * part.segment.size());
}

HeadPointer Rounding::summarize(const Message& /*message*/, Range /*held*/, ConstView x, Holders& holders) const {
  return std::make_unique<TopHead>(FloatCodec::top_of(largest_magnitude(x, holders)));
}

void Rounding::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const auto top = static_cast<const TopHead*>(head)->top;
  append(out, top);
  encode_all(part, x_segment, codec_.bits(), out, FloatCodec::Encoder(codec_, top));
}

std::size_t Rounding::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  FloatCodec::Top top = 0;
  const std::size_t at = take(in, top);
  return at + decode_all(part, in.subspan(at), codec_.bits(), out, FloatCodec::Decoder(codec_, top));
}

void register_rounding(Registry& registry) {
  CompressorPlugIn natural;
  natural.name = "natural";
  natural.summary = "each coordinate rounded at random to a sign and a power of two: 9 bits, hardly any noise";
  natural.formula = "Q(x)_j = +-2^a or 2^(a+1) next to x_j, with mean x_j;  unbiased, q = 9/8;  9 bits a coordinate";
  natural.reference = "Horvath, Ho, Horvath, Sahu, Canini, Richtarik, Natural compression, MSML 2022";
  natural.make = [](const Parameters&, const Shelf<CompressorPlugIn>&) {
    return std::make_shared<Rounding>(FloatCodec(8, 0));
  };
  registry.compressors.add(std::move(natural));

  CompressorPlugIn plug;
  plug.name = "rounding";
  plug.summary = "each coordinate rounded at random to a short floating-point number";
  plug.formula =
      "8 bits: 5 of exponent, 2 of mantissa, q = 1 + 1/80; 16: 8 and 7, q = 1 + 2^-16; 32: 8 and 23;  unbiased";
  plug.reference = "the idea of natural compression with mantissa bits; docs/methods.md";
  plug.parameters = {Parameter::choice("bits", "16", "of a coordinate", {"8", "16", "32"})};
  plug.make = [](const Parameters& p, const Shelf<CompressorPlugIn>&) {
    const auto& bits = p.text("bits");
    return std::make_shared<Rounding>(bits == "8"    ? FloatCodec(5, 2)
                                      : bits == "16" ? FloatCodec(8, 7)
                                                     : FloatCodec(8, 23));
  };
  registry.compressors.add(std::move(plug));
}

}  // namespace vireo
