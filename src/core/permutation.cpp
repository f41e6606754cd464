#include "core/permutation.hpp"

#include <algorithm>
#include <bit>

namespace vireo::random {

Permutation::Permutation(const Key& key, std::uint64_t n)
    : key_(key),
      n_(n),
      // halves of less than four bits have too few round functions: with one bit all permutations are even
      half_bits_(std::max(4U, (static_cast<unsigned>(std::bit_width(n > 0 ? n - 1 : 0)) + 1) / 2)) {}

std::uint64_t Permutation::position(std::uint64_t i) const {
  constexpr std::uint64_t rounds = 6;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = i >> half_bits_;
    std::uint64_t right = i & mask;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const std::uint64_t mixed = left ^ (block(key_, round, right)[0] & mask);
      left = right;
      right = mixed;
    }
    i = (left << half_bits_) | right;
  } while (i >= n_);
  return i;
}

}  // namespace vireo::random
