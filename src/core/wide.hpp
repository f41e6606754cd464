#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "vireo/core/vector.hpp"

/// Vectors as wide as the processor's registers, for functions that act on each number by itself: their bits do not
/// depend on the width. (Lanes, in lanes.hpp, are always eight: for sums, whose order must not depend on it either.)
namespace vireo {

#if defined(__AVX512F__) && defined(__AVX512DQ__)
inline constexpr Index wide_bytes = 64;
#elif defined(__AVX2__)
inline constexpr Index wide_bytes = 32;
#else
inline constexpr Index wide_bytes = 16;
#endif
/// numbers in a vector: 2, 4 or 8
inline constexpr Index wide = wide_bytes / sizeof(double);

using Wide = double __attribute__((vector_size(wide_bytes)));
using WideWords = std::uint64_t __attribute__((vector_size(wide_bytes)));
using WideMask = std::int64_t __attribute__((vector_size(wide_bytes)));  ///< of a comparison: all ones for true

[[gnu::always_inline]] inline Wide load_wide(const double* p) {
  Wide v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
[[gnu::always_inline]] inline void store_wide(double* p, Wide v) { std::memcpy(p, &v, sizeof v); }
[[gnu::always_inline]] inline Wide all(double a) { return a - Wide{}; }
[[gnu::always_inline]] inline WideWords all_words(std::uint64_t a) { return a - WideWords{}; }

[[gnu::always_inline]] inline WideWords bits(Wide v) { return reinterpret_cast<WideWords>(v); }
[[gnu::always_inline]] inline Wide from_bits(WideWords v) { return reinterpret_cast<Wide>(v); }

/// yes where the mask is set, else no: bit by bit, so that no branch is left and nothing traps
[[gnu::always_inline]] inline Wide select(WideMask mask, Wide yes, Wide no) {
  const auto chosen = reinterpret_cast<WideWords>(mask);
  return from_bits((bits(yes) & chosen) | (bits(no) & ~chosen));
}
[[gnu::always_inline]] inline Wide absolute(Wide v) { return from_bits(bits(v) & all_words(~std::uint64_t{0} >> 1)); }
/// the larger; b where one is NaN
[[gnu::always_inline]] inline Wide larger(Wide a, Wide b) { return select(a > b, a, b); }

/// square roots, correctly rounded
[[gnu::always_inline]] inline Wide square_root(Wide v) {
#if defined(__AVX512F__) && defined(__AVX512DQ__)
  return reinterpret_cast<Wide>(_mm512_maskz_sqrt_pd(__mmask8{0xff}, reinterpret_cast<__m512d>(v)));
#elif defined(__AVX2__)
  return reinterpret_cast<Wide>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(v)));
#elif defined(__SSE2__)
  return reinterpret_cast<Wide>(_mm_sqrt_pd(reinterpret_cast<__m128d>(v)));
#else
  for (Index i = 0; i < wide; ++i) v[i] = std::sqrt(v[i]);
  return v;
#endif
}

/// a * b for a and b below 2^32: all 64 bits of the product
[[gnu::always_inline]] inline WideWords multiply_32(WideWords a, WideWords b) {
#if defined(__AVX512F__) && defined(__AVX512DQ__)
  return reinterpret_cast<WideWords>(
      _mm512_maskz_mul_epu32(__mmask8{0xff}, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<WideWords>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<WideWords>(_mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  return a * b;
#endif
}

}  // namespace vireo
