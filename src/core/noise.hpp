#pragma once

#include "core/wide.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::random {

/// Random numbers of particles: number j of particle i is a function of (key, i, j).
///
/// Philox4x32-10 (Salmon et al., SC 2011) with counter (i mod 2^32, i / 2^32, j / 4, 0) and a key of 64 bits that is
/// word 0 of `block(key, 0, 0)`. Its four words w give numbers j = 4q, ..., 4q + 3:
///
///     normals:   sqrt(-2 log u(w_0)) (cos, sin)(2 pi u(w_1)),  sqrt(-2 log u(w_2)) (cos, sin)(2 pi u(w_3))
///     uniforms:  u(w_0), ..., u(w_3);      u(w) = (w + 1/2) / 2^32
///
/// These are not the numbers of random::normals, which take 53 bits each: 32 bits suffice for noise, end at 6.66
/// standard deviations, and make vector code of it.
class Noise {
 public:
  explicit Noise(const Key& key) : key_(block(key, 0, 0)[0]) {}

  /// Row j of `out`, out[j * stride + p], gets number j of particles first + p, for p = 0, ..., count - 1 rounded up to
  /// a multiple of 8, and j = 0, ..., numbers - 1 rounded up to a multiple of 4: so much room must be there.
  void normals(std::uint64_t first, Index count, Index numbers, Index stride, double* out) const;
  void uniforms(std::uint64_t first, Index count, Index numbers, Index stride, double* out) const;

 private:
  template <class Four>
  void fill(std::uint64_t first, Index count, Index numbers, Index stride, double* out, Four&& four) const;

  std::uint64_t key_;
};

}  // namespace vireo::random
