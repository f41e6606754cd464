// Pins the permutation by function: a bijection for every size, and no order left in it.
#include "core/permutation.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/statistics.hpp"

namespace vireo::random {
namespace {

TEST(Permutation, IsABijection) {
  for (const std::uint64_t n : {1U, 2U, 3U, 4U, 5U, 16U, 17U, 100U, 1023U, 1024U, 1025U, 50000U}) {
    const Permutation permutation({.seed = 4, .purpose = Purpose::partition}, n);
    std::vector<bool> hit(n, false);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto position = permutation.position(i);
      ASSERT_LT(position, n);
      ASSERT_FALSE(hit[position]) << n;
      hit[position] = true;
    }
  }
}

TEST(Permutation, AllOrdersOfFourAreEquallyLikely) {
  std::vector<double> counts(24, 0.0);
  for (std::uint64_t seed = 0; seed < 24000; ++seed) {
    const Permutation permutation({.seed = seed, .purpose = Purpose::partition}, 4);
    std::size_t code = 0;
    for (std::uint64_t i = 0; i < 3; ++i) {  // Lehmer code
      std::size_t smaller = 0;
      for (std::uint64_t j = i + 1; j < 4; ++j) smaller += permutation.position(j) < permutation.position(i) ? 1 : 0;
      code = code * (4 - i) + smaller;
    }
    counts[code] += 1;
  }
  EXPECT_LT(std::abs(test::chi_squared_score(counts, std::vector<double>(24, 1 / 24.0))), 5);
}

}  // namespace
}  // namespace vireo::random
