#pragma once

#include <span>

#include "encoding/float_codec.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::encoding {

/// How the values of a sparse message travel: as float64 exactly, or as 32-bit floating-point numbers (8 bits of
/// exponent counted down from the message's largest, 23 of mantissa) rounded at random without bias.
class Wire {
 public:
  enum class Width : std::uint8_t { float64, float32 };
  explicit Wire(Width width) : width_(width) {}

  /// The parameter `wire` that sparse compressors have, and its value
  [[nodiscard]] static Parameter parameter();
  [[nodiscard]] static Wire from(const Parameters& parameters);

  /// As doubles
  [[nodiscard]] bool verbatim() const { return width_ == Width::float64; }
  [[nodiscard]] std::size_t bytes(std::size_t count) const;
  /// omega of the rounding alone
  [[nodiscard]] double variance(Index count) const;

  /// Head of a message whose values are scale x_j
  [[nodiscard]] HeadPointer summarize(double scale, ConstView x, Holders& holders) const;
  /// Appends scale x_j for the offsets of the segment; null head for float64.
  void encode(const Part& part, const Head* head, double scale, ConstView x_segment,
              std::span<const random::Offset> offsets, Compressor::Bytes& out) const;
  std::size_t decode(std::span<const std::byte> in, std::size_t count, std::vector<double>& values) const;

 private:
  Width width_;
};

}  // namespace vireo::encoding
