#include "encoding/float_codec.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace vireo::encoding {
namespace {

constexpr unsigned double_mantissa = 52;
constexpr std::uint64_t double_bias = 1023;

/// largest exponent code; its power of two is the first above all numbers of the message
constexpr std::uint32_t last_code(unsigned exponent_bits) { return (1U << exponent_bits) - 1; }

}  // namespace

double FloatCodec::variance(Index count) const {
  const double h = std::ldexp(1.0, -static_cast<int>(mantissa_bits_));
  // the largest number of the message is at least half of 2^top, and the smallest code is 2^(top - last + 1)
  const double smallest = std::ldexp(2.0, 1 - static_cast<int>(last_code(exponent_bits_)));
  return h * h / (4 * (1 + h)) + static_cast<double>(count) * smallest * smallest / 4;
}

FloatCodec::Top FloatCodec::top_of(double largest) {
  if (!std::isfinite(largest)) return not_finite;
  int exponent = 0;
  (void)std::frexp(largest, &exponent);
  return static_cast<Top>(exponent);
}

FloatCodec::Encoder::Encoder(const FloatCodec& codec, Top top)
    : exponent_bits_(codec.exponent_bits_), mantissa_bits_(codec.mantissa_bits_) {
  const int half = top / 2;
  down_ = std::ldexp(1.0, -half);
  down_again_ = std::ldexp(1.0, half - top);
}

std::uint32_t FloatCodec::Encoder::operator()(double x, std::uint32_t word) const {
  const double t = std::abs(x) * down_ * down_again_;  // in [0, 1), exact but for what is far below the smallest code
  const auto last = last_code(exponent_bits_);
  const std::uint64_t first_exponent = double_bias + 1 - last;  // of code 1; code `last` stands for 2^0
  const double smallest = std::bit_cast<double>(first_exponent << double_mantissa);
  std::uint32_t magnitude = 0;
  if (t >= smallest) {
    // adding random bits below the mantissa carries with the probability of rounding up
    const unsigned dropped = double_mantissa - mantissa_bits_;
    const std::uint64_t noise = dropped <= 32
                                    ? word >> (32 - dropped)
                                    : (std::uint64_t{word} << (dropped - 32)) + (std::uint64_t{1} << (dropped - 33));
    const std::uint64_t rounded = (std::bit_cast<std::uint64_t>(t) + noise) >> dropped;
    magnitude = static_cast<std::uint32_t>(rounded - ((first_exponent - 1) << mantissa_bits_));
  } else if ((static_cast<double>(word) + 0.5) * 0x1p-32 < t / smallest) {
    magnitude = 1U << mantissa_bits_;
  }
  return magnitude << 1 | static_cast<std::uint32_t>(std::signbit(x) && magnitude != 0);
}

FloatCodec::Decoder::Decoder(const FloatCodec& codec, Top top)
    : mantissa_bits_(codec.mantissa_bits_), unit_(std::ldexp(1.0, -static_cast<int>(codec.mantissa_bits_))) {
  if (top == not_finite) {
    powers_.fill(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  const auto last = last_code(codec.exponent_bits_);
  for (std::uint32_t code = 1; code <= last; ++code)
    powers_[code] = std::ldexp(1.0, top - static_cast<int>(last - code));
}

}  // namespace vireo::encoding
