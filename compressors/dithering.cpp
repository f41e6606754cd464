#include "compressors/dithering.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compressors/builtin.hpp"
#include "compressors/bytes.hpp"
#include "compressors/dense_piece.hpp"

namespace vireo {
namespace {

struct NormHead final : Head {
  explicit NormHead(double value) : norm(value) {}
  double norm;
};

}  // namespace

Dithering::Dithering(std::uint32_t levels, Norm norm)
    : levels_(levels), norm_(norm), bits_(1 + static_cast<unsigned>(std::bit_width(levels))) {}

CompressorTheory Dithering::theory(Index dimension, Index /*workers*/) const {
  const auto s = static_cast<double>(levels_);
  const auto d = static_cast<double>(norm_ == Norm::l2 ? dimension : dimension - 1);
  const double small = std::sqrt(d) / (norm_ == Norm::l2 ? s : 2 * s);
  const double q = 1 + std::min(d / (4 * s * s), small);
  return {.kind = CompressorTheory::Kind::unbiased,
          .q = q,
          .delta = q,
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t Dithering::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(sizeof(double) + bytes_of_bits(bits_ * message.dimension));
}

std::size_t Dithering::piece_bytes(const Part& part) const {
  return sizeof(double) + bytes_of_bits(bits_ * part.segment.size());
}

HeadPointer Dithering::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  double norm = largest_magnitude(x, holders);
  if (norm_ == Norm::l2) norm = l2_norm(x, norm, message.dimension, holders);
  return std::make_unique<NormHead>(norm);
}

void Dithering::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const double norm = static_cast<const NormHead*>(head)->norm;
  append(out, norm);
  const auto s = static_cast<double>(levels_);
  const bool usable = std::isfinite(norm) && norm > 0;
  encode_all(part, x_segment, bits_, out, [&](double x, std::uint32_t word) -> std::uint32_t {
    if (!usable) return 0;
    const double uniform = (static_cast<double>(word) + 0.5) * 0x1p-32;
    const auto level = static_cast<std::uint32_t>(std::min(s, std::floor(s * (std::abs(x) / norm) + uniform)));
    return level << 1 | static_cast<std::uint32_t>(std::signbit(x) && level != 0);
  });
}

std::size_t Dithering::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  double norm = 0;
  const std::size_t at = take(in, norm);
  const auto s = static_cast<double>(levels_);
  return at + decode_all(part, in.subspan(at), bits_, out, [&](std::uint32_t code) {
           const double magnitude = norm * (static_cast<double>(code >> 1) / s);
           return (code & 1) != 0 ? -magnitude : magnitude;
         });
}

void register_dithering(Registry& registry) {
  CompressorPlugIn plug;
  plug.name = "dithering";
  plug.summary = "each coordinate rounded at random to s levels of the message's norm";
  plug.formula =
      "Q(x)_j = |x| sign(x_j) floor(s |x_j|/|x| + u_j) / s;  unbiased, q = 1 + min(d/(4 s^2), sqrt(d)/s) for l2, "
      "1 + min((d-1)/(4 s^2), sqrt(d-1)/(2 s)) for linf;  1 + ceil(log2(s+1)) bits a coordinate";
  plug.reference = "Alistarh, Grubic, Li, Tomioka, Vojnovic, QSGD, NeurIPS 2017";
  plug.parameters = {Parameter::integer("levels", "127", "s; 127 makes 8 bits a coordinate", 1, 65535),
                     Parameter::choice("norm", "linf", "that the levels are fractions of", {"l2", "linf"})};
  plug.make = [](const Parameters& p, const Shelf<CompressorPlugIn>&) {
    return std::make_shared<Dithering>(static_cast<std::uint32_t>(p.integer("levels")),
                                       p.text("norm") == "l2" ? Dithering::Norm::l2 : Dithering::Norm::linf);
  };
  registry.compressors.add(std::move(plug));
}

}  // namespace vireo
