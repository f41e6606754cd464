#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vireo/compressors/compressor.hpp"
#include "vireo/core/random.hpp"

namespace vireo::encoding {

/// Short floating-point numbers: a sign, an exponent counted down from the message's largest, and mantissa bits,
/// rounded at random to one of the two neighbours so that the mean is the number itself. Numbers below the smallest are
/// rounded to it or to zero, likewise at random.
///
/// With h = 2^-mantissa_bits the variance of a number x is at most h^2 / (4 (1+h)) x^2, and below the smallest number s
/// at most s^2/4.
/// Source: Horvath, Ho, Horvath, Sahu, Canini, Richtarik, "Natural compression for distributed deep learning", MSML
/// 2022 (no mantissa bits: h = 1, variance x^2/8).
class FloatCodec {
 public:
  constexpr FloatCodec(unsigned exponent_bits, unsigned mantissa_bits)
      : exponent_bits_(exponent_bits), mantissa_bits_(mantissa_bits) {}

  /// bits of a number
  [[nodiscard]] unsigned bits() const { return 1 + exponent_bits_ + mantissa_bits_; }
  /// omega: E|Q(x) - x|^2 <= omega ||x||^2 for a message of `count` numbers
  [[nodiscard]] double variance(Index count) const;

  /// The exponent that codes are counted from; part of the message.
  using Top = std::int16_t;
  static constexpr Top not_finite = 0x7fff;
  [[nodiscard]] static Top top_of(double largest);

  /// Codes of the numbers x given their random words
  class Encoder {
   public:
    Encoder(const FloatCodec& codec, Top top);
    [[nodiscard]] std::uint32_t operator()(double x, std::uint32_t word) const;

   private:
    unsigned exponent_bits_;
    unsigned mantissa_bits_;
    double down_, down_again_;  ///< their product is 2^-top
  };

  /// Numbers of codes
  class Decoder {
   public:
    Decoder(const FloatCodec& codec, Top top);
    [[nodiscard]] double operator()(std::uint32_t code) const {
      const std::uint32_t magnitude = code >> 1;
      const double x = powers_[magnitude >> mantissa_bits_] *
                       (1.0 + static_cast<double>(magnitude & ((1U << mantissa_bits_) - 1)) * unit_);
      return (code & 1) != 0 ? -x : x;
    }

   private:
    unsigned mantissa_bits_;
    double unit_;
    std::array<double, 256> powers_{};  ///< by exponent code; 0 is zero
  };

 private:
  unsigned exponent_bits_;
  unsigned mantissa_bits_;
};

/// Substream of a message's key that rounding draws its words from, by coordinate; subsets use the numbers below.
inline constexpr std::uint64_t rounding_substream = std::uint64_t{1} << 62;

/// A head that holds the exponent.
struct TopHead final : Head {
  explicit TopHead(FloatCodec::Top value) : top(value) {}
  FloatCodec::Top top;
};

}  // namespace vireo::encoding
