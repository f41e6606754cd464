// Pins the generator to its published known answers, and its uses to their distributions.
#include <gtest/gtest.h>

#include <numeric>

#include "support/statistics.hpp"
#include "vireo/core/random.hpp"

namespace vireo::random {
namespace {

Key key_of(std::uint64_t seed, std::uint64_t purpose, std::uint64_t worker, std::uint64_t iteration) {
  return {seed, static_cast<Purpose>(purpose), worker, iteration};
}

// kat_vectors of Random123: philox4x64 with 10 rounds; counter (worker, iteration, substream, block), key (seed, purpose).
TEST(Random, EqualsThePublishedKnownAnswers) {
  using Words = std::array<std::uint64_t, 4>;
  EXPECT_EQ(block(key_of(0, 0, 0, 0), 0, 0),
            (Words{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}));
  const std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(block(key_of(ones, ones, ones, ones), ones, ones),
            (Words{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}));
  EXPECT_EQ(block(key_of(0x452821e638d01377, 0xbe5466cf34e90c6c, 0x243f6a8885a308d3, 0x13198a2e03707344),
                  0xa4093822299f31d0, 0x082efa98ec4e6c89),
            (Words{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}));
}

TEST(Random, AStreamReadsTheBlocksInOrder) {
  const Key key{.seed = 7, .purpose = Purpose::sample, .worker = 3, .iteration = 5};
  Stream stream(key, 2);
  for (std::uint64_t b = 0; b < 3; ++b)
    for (const auto word : block(key, 2, b)) EXPECT_EQ(stream.next(), word);
}

TEST(Random, EveryPartOfAKeyMatters) {
  const Key key{.seed = 1, .purpose = Purpose::uplink, .worker = 2, .iteration = 3};
  const auto reference = block(key, 4, 5);
  Key other = key;
  other.seed = 2;
  EXPECT_NE(block(other, 4, 5), reference);
  other = key;
  other.purpose = Purpose::downlink;
  EXPECT_NE(block(other, 4, 5), reference);
  other = key;
  other.worker = 3;
  EXPECT_NE(block(other, 4, 5), reference);
  other = key;
  other.iteration = 4;
  EXPECT_NE(block(other, 4, 5), reference);
  EXPECT_NE(block(key, 5, 5), reference);
  EXPECT_NE(block(key, 4, 6), reference);
}

TEST(Random, BelowIsUniform) {
  for (const std::uint64_t n : {1ULL, 2ULL, 6ULL, 100ULL, 1000ULL}) {
    Stream stream({.seed = 11, .purpose = Purpose::sample, .iteration = n});
    std::vector<double> counts(n, 0.0);
    for (int i = 0; i < 200000; ++i) {
      const auto value = stream.below(n);
      ASSERT_LT(value, n);
      counts[value] += 1;
    }
    if (n > 1) {
      EXPECT_LT(std::abs(test::chi_squared_score(counts, std::vector<double>(n, 1.0 / static_cast<double>(n)))), 5)
          << n;
    }
  }
}

// With n = 3 * 2^62, taking 64 bits modulo n would hit the first third twice as often.
TEST(Random, BelowHasNoBiasForLargeRanges) {
  const std::uint64_t n = std::uint64_t{3} << 62;
  Stream stream({.seed = 12, .purpose = Purpose::sample});
  std::vector<double> counts(3, 0.0);
  for (int i = 0; i < 60000; ++i) counts[stream.below(n) >> 62] += 1;
  EXPECT_LT(std::abs(test::chi_squared_score(counts, {1 / 3.0, 1 / 3.0, 1 / 3.0})), 5);
}

TEST(Random, UniformStaysInsideTheOpenInterval) {
  EXPECT_GT(to_open_unit(0), 0.0);
  EXPECT_LT(to_open_unit(~std::uint64_t{0}), 1.0);
}

TEST(Random, NormalsHaveTheMomentsAndTheDistributionOfTheNormalLaw) {
  constexpr Index n = 400000;
  Vector x(n);
  normals({.seed = 5, .purpose = Purpose::problem}, 0, x);
  double mean = 0, second = 0, fourth = 0;
  std::vector<double> counts(8, 0.0);  // by quantiles of the normal law
  for (const double value : x) {
    mean += value;
    second += value * value;
    fourth += value * value * value * value;
    counts[std::min<std::size_t>(7, static_cast<std::size_t>(8 * 0.5 * std::erfc(-value / std::sqrt(2.0))))] += 1;
  }
  const double root = std::sqrt(static_cast<double>(n));
  EXPECT_LT(std::abs(mean / n), 5 / root);
  EXPECT_LT(std::abs(second / n - 1), 5 * std::sqrt(2.0) / root);
  EXPECT_LT(std::abs(fourth / n - 3), 5 * std::sqrt(96.0) / root);
  EXPECT_LT(std::abs(test::chi_squared_score(counts, std::vector<double>(8, 0.125))), 5);
}

TEST(Random, ANormalNumberIsAFunctionOfItsIndex) {
  const Key key{.seed = 9, .purpose = Purpose::problem, .worker = 4};
  Vector whole(103);
  normals(key, 0, whole);
  for (const Index first : {Index{1}, Index{2}, Index{3}, Index{4}, Index{50}, Index{101}}) {
    Vector part(103 - first);
    normals(key, first, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(first))) << first;
  }
}

TEST(Random, CoinsFallWithTheirProbability) {
  constexpr int n = 100000;
  for (const double p : {0.02, 0.5, 0.9}) {
    int heads = 0;
    for (std::uint64_t k = 0; k < n; ++k)
      heads += coin({.seed = 3, .purpose = Purpose::coin, .iteration = k}, p) ? 1 : 0;
    EXPECT_LT(std::abs(heads - n * p), 5 * std::sqrt(n * p * (1 - p))) << p;
  }
  EXPECT_TRUE(coin({.seed = 3, .purpose = Purpose::coin}, 1.0));
}

}  // namespace
}  // namespace vireo::random
