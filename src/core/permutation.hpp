#pragma once

#include <cstdint>

#include "vireo/core/random.hpp"

namespace vireo::random {

/// A pseudo-random permutation of {0, ..., n-1} as a function: position(i) costs O(1) time and memory.
///
/// Six Feistel rounds with Philox as round function over the next even power of two, and cycle walking
/// back into the range (Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
class Permutation {
 public:
  /// n: length of the range; equal keys and n give equal permutations
  Permutation(const Key& key, std::uint64_t n);
  /// where i < n goes: different places for different i
  [[nodiscard]] std::uint64_t position(std::uint64_t i) const;

 private:
  Key key_;
  std::uint64_t n_;
  unsigned half_bits_;
};

}  // namespace vireo::random
