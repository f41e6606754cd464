#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "encoding/bits.hpp"
#include "encoding/float_codec.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::encoding {

/// Appends one code of `bits` bits for each coordinate of a segment, code(x, 32 random bits).
template <class Code>
void encode_all(const Part& part, ConstView x_segment, unsigned bits, Compressor::Bytes& out, const Code& code) {
  BitWriter writer(out, bits * x_segment.size());
  constexpr Index chunk = 512;
  std::array<std::uint32_t, chunk> words;
  for (Index first = 0; first < x_segment.size(); first += chunk) {
    const Index count = std::min(chunk, x_segment.size() - first);
    random::words(part.message.key, rounding_substream, part.segment.begin + first, std::span(words).first(count));
    for (Index j = 0; j < count; ++j) writer.put(code(x_segment[first + j], words[j]), bits);
  }
  writer.finish();
}

/// Reads them back, value(code); returns how many bytes they have.
template <class Value>
std::size_t decode_all(const Part& part, std::span<const std::byte> in, unsigned bits, Entries& out,
                       const Value& value) {
  const std::size_t bytes = bytes_of_bits(bits * part.segment.size());
  BitReader reader(in.first(bytes));
  out.offsets.clear();
  out.values.resize(part.segment.size());
  for (double& x : out.values) x = value(static_cast<std::uint32_t>(reader.get(bits)));
  return bytes;
}

}  // namespace vireo::encoding
