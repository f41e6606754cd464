#include "encoding/wire.hpp"

#include "encoding/bytes.hpp"

namespace vireo::encoding {
namespace {

constexpr FloatCodec float32{8, 23};

}  // namespace

Parameter Wire::parameter() {
  return Parameter::choice("wire", "float64", "values on the wire; float32 is rounded at random, without bias",
                           {"float64", "float32"});
}

Wire Wire::from(const Parameters& parameters) {
  return Wire(parameters.text("wire") == "float32" ? Width::float32 : Width::float64);
}

std::size_t Wire::bytes(std::size_t count) const {
  return width_ == Width::float64 ? 8 * count : sizeof(FloatCodec::Top) + 4 * count;
}

double Wire::variance(Index count) const { return width_ == Width::float64 ? 0 : float32.variance(count); }

HeadPointer Wire::summarize(double scale, ConstView x, Holders& holders) const {
  if (width_ == Width::float64) return nullptr;
  return std::make_unique<TopHead>(FloatCodec::top_of(scale * largest_magnitude(x, holders)));
}

void Wire::encode(const Part& part, const Head* head, double scale, ConstView x_segment,
                  std::span<const random::Offset> offsets, Compressor::Bytes& out) const {
  const auto at = out.size();
  out.resize(at + bytes(offsets.size()));
  std::byte* to = out.data() + at;
  const auto write = [&](auto number) {
    std::memcpy(to, &number, sizeof number);
    to += sizeof number;
  };
  if (width_ == Width::float64) {
    for (const auto j : offsets) write(scale * x_segment[j]);
    return;
  }
  const auto top = static_cast<const TopHead*>(head)->top;
  const FloatCodec::Encoder encoder(float32, top);
  write(top);
  for (const auto j : offsets) {
    std::uint32_t word = 0;
    random::words(part.message.key, rounding_substream, part.segment.begin + j, {&word, 1});
    write(encoder(scale * x_segment[j], word));
  }
}

std::size_t Wire::decode(std::span<const std::byte> in, std::size_t count, std::vector<double>& values) const {
  if (width_ == Width::float64) return take(in, count, values);
  FloatCodec::Top top = 0;
  const std::byte* from = in.data() + take(in, top);
  const FloatCodec::Decoder decoder(float32, top);
  values.resize(count);
  for (double& value : values) {
    std::uint32_t code = 0;
    std::memcpy(&code, from, sizeof code);
    from += sizeof code;
    value = decoder(code);
  }
  return bytes(count);
}

}  // namespace vireo::encoding
