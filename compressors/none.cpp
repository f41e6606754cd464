#include "encoding/bytes.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// Q(x) = x in float64: 8 d bytes, q = 1.
class None final : public Compressor {
 public:
  [[nodiscard]] CompressorTheory theory(Index /*dimension*/, Index /*workers*/) const override { return {}; }
  [[nodiscard]] bool identity() const override { return true; }
  [[nodiscard]] Support support_kind() const override { return Support::all; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override { return 8 * part.segment.size(); }
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;
};

std::int64_t None::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(8 * message.dimension);
}

void None::encode(const Part& /*part*/, const Head* /*head*/, ConstView x_segment, Bytes& out) const {
  encoding::append(out, x_segment);
}

std::size_t None::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  out.offsets.clear();
  return encoding::take(in, part.segment.size(), out.values);
}

}  // namespace

CompressorPlugIn none() {
  CompressorPlugIn plug;
  plug.name = "none";
  plug.also_called = {"identity", "id", "off"};
  plug.summary = "the identity: every number as float64";
  plug.formula = "Q(x) = x;  unbiased, q = 1;  8 d bytes";
  plug.reference = "-";
  plug.make = [](const Parameters&, const Catalog<CompressorPlugIn>&) { return std::make_shared<None>(); };
  return plug;
}

}  // namespace vireo::compressors
