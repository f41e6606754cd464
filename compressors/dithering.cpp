#include <algorithm>
#include <bit>
#include <cmath>

#include "encoding/bytes.hpp"
#include "encoding/dense_piece.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// Random dithering: each coordinate is rounded at random to one of s levels of the message's norm, without bias.
///
///     Q(x)_j = ||x|| sign(x_j) l_j / s,    l_j = floor(s |x_j| / ||x|| + u_j),  u_j uniform in (0, 1)
///
/// with the l2 norm or the largest magnitude (linf). Unbiased with
///     l2:   q = 1 + min( d / (4 s^2), sqrt(d) / s )
///     linf: q = 1 + min( (d-1) / (4 s^2), sqrt(d-1) / (2 s) )
/// since a coordinate's variance is at most (||x||/s)^2 / 4 and at most |x_j| ||x|| / s. Wire format: the norm, then a
/// sign and ceil(log2(s+1)) bits a coordinate, packed.
/// Source: Alistarh, Grubic, Li, Tomioka, Vojnovic, "QSGD", NeurIPS 2017, section 3.1.
class Dithering final : public Compressor {
 public:
  enum class Norm : std::uint8_t { l2, linf };
  /// 1 <= levels < 2^16
  Dithering(std::uint32_t levels, Norm norm);

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  std::uint32_t levels_;
  Norm norm_;
  unsigned bits_;  ///< of a coordinate
};

struct NormHead final : Head {
  explicit NormHead(double value) : norm(value) {}
  double norm;
};

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
  return static_cast<std::int64_t>(sizeof(double) + encoding::bytes_of_bits(bits_ * message.dimension));
}

std::size_t Dithering::piece_bytes(const Part& part) const {
  return sizeof(double) + encoding::bytes_of_bits(bits_ * part.segment.size());
}

HeadPointer Dithering::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  double norm = largest_magnitude(x, holders);
  if (norm_ == Norm::l2) norm = l2_norm(x, norm, message.dimension, holders);
  return std::make_unique<NormHead>(norm);
}

void Dithering::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const double norm = static_cast<const NormHead*>(head)->norm;
  encoding::append(out, norm);
  const auto s = static_cast<double>(levels_);
  const bool usable = std::isfinite(norm) && norm > 0;
  encoding::encode_all(part, x_segment, bits_, out, [&](double x, std::uint32_t word) -> std::uint32_t {
    if (!usable) return 0;
    const double uniform = (static_cast<double>(word) + 0.5) * 0x1p-32;
    const auto level = static_cast<std::uint32_t>(std::min(s, std::floor(s * (std::abs(x) / norm) + uniform)));
    return level << 1 | static_cast<std::uint32_t>(std::signbit(x) && level != 0);
  });
}

std::size_t Dithering::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  double norm = 0;
  const std::size_t at = encoding::take(in, norm);
  const auto s = static_cast<double>(levels_);
  return at + encoding::decode_all(part, in.subspan(at), bits_, out, [&](std::uint32_t code) {
           const double magnitude = norm * (static_cast<double>(code >> 1) / s);
           return (code & 1) != 0 ? -magnitude : magnitude;
         });
}

}  // namespace

CompressorPlugIn dithering() {
  CompressorPlugIn plug;
  plug.name = "dithering";
  plug.also_called = {"qsgd", "random-dithering", "quantization"};
  plug.summary = "each coordinate rounded at random to s levels of the message's norm";
  plug.formula =
      "Q(x)_j = |x| sign(x_j) floor(s |x_j|/|x| + u_j) / s;  unbiased, q = 1 + min(d/(4 s^2), sqrt(d)/s) for l2, "
      "1 + min((d-1)/(4 s^2), sqrt(d-1)/(2 s)) for linf;  1 + ceil(log2(s+1)) bits a coordinate";
  plug.reference = "Alistarh, Grubic, Li, Tomioka, Vojnovic, QSGD, NeurIPS 2017";
  plug.parameters = {Parameter::integer("levels", "127", "s; 127 makes 8 bits a coordinate", 1, 65535),
                     Parameter::choice("norm", "linf", "that the levels are fractions of", {"l2", "linf"})};
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<Dithering>(static_cast<std::uint32_t>(p.integer("levels")),
                                       p.text("norm") == "l2" ? Dithering::Norm::l2 : Dithering::Norm::linf);
  };
  return plug;
}

}  // namespace vireo::compressors
