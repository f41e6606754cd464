#include "linalg/sigmoid.hpp"

#include <cstdint>
#include <cstring>

namespace vireo::linalg {
namespace {

// Compilers leave a loop with a choice between numbers scalar, for fear of a trap; so the vectors are spelled out.
// Operations on them work element by element: the width is that of the processor's registers and changes no bit.
#ifdef __AVX__
constexpr int vector_bytes = 32;
#else
constexpr int vector_bytes = 16;
#endif
using Numbers = double __attribute__((vector_size(vector_bytes)));
using Bits = std::int64_t __attribute__((vector_size(vector_bytes)));
constexpr Index width = sizeof(Numbers) / sizeof(double);

// exp(-|x|) = 2^k exp(r) with r = -|x| - k ln 2, |r| <= ln(2)/2, and exp(r) = (q + p) / (q - p), where p = r P(r^2) and
// q = Q(r^2) are the rational approximation of Cephes (Moshier, exp.c). Multiplying through by q - p leaves one
// division for
//
//     1 / (1 + exp(-x)) = numerator / ((q - p) + 2^k (q + p)),   numerator = q - p for x >= 0, 2^k (q + p) for x < 0.
[[gnu::always_inline]] inline Numbers sigmoid_of(Numbers x) {
  constexpr double largest = 708;  // 2^k stays a normal number
  constexpr double log2_e = 1.4426950408889634074;
  constexpr double ln2_high = 6.93145751953125e-1;  // few bits: k ln2_high is exact
  constexpr double ln2_low = 1.42860682030941723212e-6;
  constexpr double rounder = 0x1.8p52;  // adding it leaves the nearest whole number in the low bits
  const Numbers zero{};

  const Numbers minus_distance = x < zero ? x : -x;
  const Numbers minus =
      minus_distance < zero - largest ? zero - largest : minus_distance;  // NaN fails both tests and stays
  const Numbers shifted = minus * log2_e + rounder;
  const Numbers k = shifted - rounder;
  const Numbers r = (minus - k * ln2_high) - k * ln2_low;
  const Numbers square = r * r;
  const Numbers p = r * ((1.26177193074810590878e-4 * square + 3.02994407707441961300e-2) * square + 1.0);
  const Numbers q =
      ((3.00198505138664455042e-6 * square + 2.52448340349684104192e-3) * square + 2.27265548208155028766e-1) * square +
      2.0;
  const Numbers power = reinterpret_cast<Numbers>((reinterpret_cast<Bits>(shifted) + 1023) << 52);
  const Numbers one = q - p;
  const Numbers exponential = (q + p) * power;
  return (x < zero ? exponential : one) / (one + exponential);
}

}  // namespace

void sigmoid(View x) {
  const Index n = x.size();
  for (Index i = 0; i < n; i += width) {
    // the last vector is filled up with zeros
    const std::size_t bytes = (n - i < width ? n - i : width) * sizeof(double);
    Numbers numbers{};
    if (bytes == sizeof numbers) {
      std::memcpy(&numbers, x.data() + i, sizeof numbers);
      numbers = sigmoid_of(numbers);
      std::memcpy(x.data() + i, &numbers, sizeof numbers);
    } else {
      std::memcpy(&numbers, x.data() + i, bytes);
      numbers = sigmoid_of(numbers);
      std::memcpy(x.data() + i, &numbers, bytes);
    }
  }
}

}  // namespace vireo::linalg
