#pragma once

#include "core/wide.hpp"

/// log, exp, sin(pi x) and cos(pi x) on a vector of numbers: branch-free, with operations that round alike at every
/// vector width, so the bits do not depend on the processor's. Each is within 2 ulp of the true
/// value, sin^2 within 4 (tests/core/elementary_test.cpp).
namespace vireo::elementary {

/// 1.5 * 2^52: adding it leaves the nearest whole number (ties to even) in the low bits, for |x| < 2^51
inline constexpr double rounder = 0x1.8p52;

/// c_0 + c_1 x + ... by Horner's rule
template <class... Rest>
[[gnu::always_inline]] inline Wide polynomial(Wide x, double first, Rest... rest) {
  if constexpr (sizeof...(rest) == 0)
    return all(first);
  else
    return all(first) + x * polynomial(x, rest...);
}

/// log x for normal x > 0; what else is given comes back as something finite and meaningless.
///
/// x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2))), s = f/(2 + f)
/// (Sun's FDLIBM, e_log.c).
[[gnu::always_inline]] inline Wide log(Wide x) {
  constexpr double ln2_high = 6.93147180369123816490e-01;  // few bits: k ln2_high is exact
  constexpr double ln2_low = 1.90821492927058770002e-10;
  const WideWords half_root = all_words(std::uint64_t{0x3fe6a09e667f3bcd});  // sqrt(1/2)
  const WideWords biased = (bits(x) - half_root + all_words(std::uint64_t{1023} << 52)) >> 52;
  const Wide k = from_bits(biased | all_words(std::uint64_t{0x433} << 52)) - (0x1p52 + 1023);
  const Wide f = from_bits(bits(x) - ((biased - all_words(std::uint64_t{1023})) << 52)) - 1.0;
  const Wide s = f / (2.0 + f);
  const Wide z = s * s;
  const Wide R = z * polynomial(z, 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                                2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                                1.479819860511658591e-01);
  const Wide half_square = 0.5 * f * f;
  return k * ln2_high - ((half_square - (s * (half_square + R) + k * ln2_low)) - f);
}

/// exp x; 0 below -708 (where the true value is below 4e-308), infinity above 709; NaN stays NaN.
///
/// x = k ln 2 + r, |r| <= ln(2)/2, exp(r) = 1 + r + r^2 P(r); P is the Chebyshev interpolant of degree 9.
[[gnu::always_inline]] inline Wide exp(Wide x) {
  constexpr double ln2_high = 6.93147180369123816490e-01;
  constexpr double ln2_low = 1.90821492927058770002e-10;
  const Wide zero{};
  const Wide within = select(x < zero - 708.0, zero - 708.0, select(x > zero + 709.0, zero + 709.0, x));
  const Wide shifted = within * 1.4426950408889634074 + rounder;
  const Wide k = shifted - rounder;
  const Wide r = (within - k * ln2_high) - k * ln2_low;
  const Wide P = polynomial(r, 0x1.0000000000001p-1, 0x1.5555555555556p-3, 0x1.5555555553d63p-5, 0x1.11111111109b3p-7,
                            0x1.6c16c1788bd90p-10, 0x1.a01a01a7c41d5p-13, 0x1.a019b90d2ae7ap-16, 0x1.71de0dae63bb3p-19,
                            0x1.289185613a3d6p-22, 0x1.af38a9b0ec855p-26);
  const Wide power = from_bits((bits(shifted) + all_words(std::uint64_t{1023})) << 52);
  const Wide value = (1.0 + (r + r * r * P)) * power;
  return select(x < zero - 708.0, zero, select(x > zero + 709.0, zero + __builtin_inf(), value));
}

struct SineAndCosine {
  Wide sine, cosine;
};

/// sin(pi x) and cos(pi x) for |x| < 2^50: x = q/2 + r exactly, |r| <= 1/4, and polynomials in r (Chebyshev).
[[gnu::always_inline]] inline SineAndCosine sin_cos_pi(Wide x) {
  constexpr double pi = 0x1.921fb54442d18p+1;
  constexpr double pi_low = 0x1.1a62633145c07p-53;
  const Wide shifted = 2.0 * x + rounder;
  const Wide r = x - 0.5 * (shifted - rounder);
  const Wide t = r * r;
  const Wide tail = polynomial(t, -0x1.4abbce625be52p+2, 0x1.466bc6775a476p+1, -0x1.32d2cce500387p-1,
                               0x1.50783208843ebp-4, -0x1.e3027dea82bd7p-8, 0x1.e4a9d9166f052p-12);
  const Wide sine = r * pi + r * (pi_low + t * tail);
  const Wide cosine =
      1.0 + t * polynomial(t, -0x1.3bd3cc9be45dep+2, 0x1.03c1f081b5ac0p+2, -0x1.55d3c7e3cb241p+0, 0x1.e1f5068688d5bp-3,
                           -0x1.a6d1eef479be1p-6, 0x1.f9ce245cada0bp-10, -0x1.b2f3eb054afcdp-14);
  // a quarter turn more: (s, c) -> (c, -s)
  const WideWords q = bits(shifted);
  const auto odd = reinterpret_cast<WideMask>(-(q & all_words(std::uint64_t{1})));
  const WideWords sign_of_sine = (q & all_words(std::uint64_t{2})) << 62;
  const WideWords sign_of_cosine = ((q + all_words(std::uint64_t{1})) & all_words(std::uint64_t{2})) << 62;
  return {from_bits(bits(select(odd, cosine, sine)) ^ sign_of_sine),
          from_bits(bits(select(odd, sine, cosine)) ^ sign_of_cosine)};
}

[[gnu::always_inline]] inline Wide cos_pi(Wide x) { return sin_cos_pi(x).cosine; }

/// sin^2(pi x), with full relative accuracy near whole numbers, where 1 - cos(2 pi x) = 2 sin^2(pi x) loses it; 0 for
/// |x| >= 2^51, all of which are whole.
[[gnu::always_inline]] inline Wide sin_pi_squared(Wide x) {
  constexpr double pi_squared = 0x1.3bd3cc9be45dep+3;
  constexpr double pi_squared_low = 0x1.692b71366cc04p-51;
  const Wide r = select(absolute(x) < 0x1p51, x - ((x + rounder) - rounder), Wide{});
  const Wide t = r * r;
  const Wide tail = polynomial(t, -0x1.03c1f081b5ac4p+5, 0x1.55d3c7e3cbff8p+5, -0x1.e1f506891b878p+4,
                               0x1.a6d1f2a1f62bfp+3, -0x1.f9d38a317f5b9p+1, 0x1.b6e24de41b335p-1, -0x1.20c5f9f7f1f5bp-3,
                               0x1.2a037b6bbb22dp-6, -0x1.ed886c259a37ep-10, 0x1.35b02729363d9p-13);
  return t * (pi_squared + (pi_squared_low + t * tail));
}

/// Of one number, with the bits of the vectors
inline double exp(double x) { return exp(all(x))[0]; }
inline double log(double x) { return log(all(x))[0]; }

}  // namespace vireo::elementary
