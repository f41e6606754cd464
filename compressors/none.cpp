#include "compressors/none.hpp"

#include "compressors/builtin.hpp"
#include "compressors/bytes.hpp"

namespace vireo {

std::int64_t None::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(8 * message.dimension);
}

void None::encode(const Part& /*part*/, const Head* /*head*/, ConstView x_segment, Bytes& out) const {
  append(out, x_segment);
}

std::size_t None::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  out.offsets.clear();
  return take(in, part.segment.size(), out.values);
}

void register_none(Registry& registry) {
  CompressorPlugIn plug;
  plug.name = "none";
  plug.summary = "the identity: every number as float64";
  plug.formula = "Q(x) = x;  unbiased, q = 1;  8 d bytes";
  plug.reference = "-";
  plug.make = [](const Parameters&, const Shelf<CompressorPlugIn>&) { return std::make_shared<None>(); };
  registry.compressors.add(std::move(plug));
}

}  // namespace vireo
