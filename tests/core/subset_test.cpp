// Pins random subsets: exact size, the same from every cut, uniform; and the hypergeometric law they are split by.
#include "vireo/core/subset.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "support/statistics.hpp"

namespace vireo::random {
namespace {

Key key_of(std::uint64_t iteration) {
  return {.seed = 21, .purpose = Purpose::uplink, .worker = 1, .iteration = iteration};
}

std::vector<Offset> whole(const Subset& subset) {
  std::vector<Offset> elements;
  subset.append_range(0, subset.dimension(), elements);
  return elements;
}

struct Shape {
  Index d;
  Index k;
};
const std::vector<Shape> shapes{{1, 0},       {1, 1},         {2, 1},          {64, 7},        {64, 60},
                                {65, 33},     {100, 100},     {1000, 1},       {1000, 500},    {4096, 40},
                                {5000, 4999}, {100003, 1000}, {100003, 50000}, {100003, 30},   {300, 299},
                                {16384, 256}, {40000, 39900}, {49749, 56},     {1000000, 1000}};

TEST(Subset, HasItsSizeAndIncreasingElements) {
  for (const auto [d, k] : shapes)
    for (std::uint64_t iteration = 0; iteration < 20; ++iteration) {
      const auto elements = whole(Subset(key_of(iteration), d, k));
      ASSERT_EQ(elements.size(), k) << d << " " << k;
      for (std::size_t i = 0; i < elements.size(); ++i) {
        ASSERT_LT(elements[i], d);
        if (i > 0) {
          ASSERT_LT(elements[i - 1], elements[i]);
        }
      }
    }
}

TEST(Subset, IsTheSameFromEveryCutIntoSegments) {
  for (const auto [d, k] : shapes) {
    const Subset subset(key_of(77), d, k);
    const auto elements = whole(subset);
    for (const Index parts : {2U, 3U, 7U}) {
      std::vector<Offset> joined;
      for (Index p = 0; p < parts; ++p) {
        const Index begin = d * p / parts;
        const Index end = d * (p + 1) / parts;
        std::vector<Offset> segment;
        subset.append_range(begin, end, segment);
        for (const auto j : segment) joined.push_back(static_cast<Offset>(begin + j));
      }
      EXPECT_EQ(joined, elements) << d << " " << k << " in " << parts;
    }
  }
}

// Processors that count bits take another way through a leaf than those that do not: the bits of a run must not tell.
TEST(Subset, IsTheSameInEveryBuild) {
  std::uint64_t digest = 0xcbf29ce484222325;  // FNV-1a
  for (const auto [d, k] : shapes)
    for (std::uint64_t iteration = 0; iteration < 5; ++iteration)
      for (const auto j : whole(Subset(key_of(iteration), d, k))) digest = (digest ^ j) * 0x100000001b3;
  EXPECT_EQ(digest, 2829688998858621820u);
}

TEST(Subset, EveryElementIsEquallyLikely) {
  for (const auto [d, k] :
       {Shape{10, 3}, Shape{64, 60}, Shape{200, 150}, Shape{300, 5}, Shape{1000, 400}, Shape{5000, 20}}) {
    constexpr int draws = 20000;
    std::vector<double> counts(d, 0.0);
    for (std::uint64_t iteration = 0; iteration < draws; ++iteration)
      for (const auto j : whole(Subset(key_of(iteration), d, k))) counts[j] += 1;
    // inclusions are not independent: their variance is p(1-p) per draw, against p for Poisson counts
    const double p = static_cast<double>(k) / static_cast<double>(d);
    double score = 0;
    for (const double count : counts) score += (count - draws * p) * (count - draws * p) / (draws * p * (1 - p));
    const double cells = static_cast<double>(d);
    EXPECT_LT(std::abs(score - cells) / std::sqrt(2 * cells), 5) << d << " " << k;
  }
}

TEST(Subset, EverySetIsEquallyLikely) {
  // all 20 subsets of 3 out of 6, and all 56 of 5 out of 8
  for (const auto& [d, k, number] : {std::tuple<Index, Index, std::size_t>{6, 3, 20}, {8, 5, 56}}) {
    std::map<std::vector<Offset>, double> counts;
    for (std::uint64_t iteration = 0; iteration < 40000; ++iteration)
      counts[whole(Subset(key_of(iteration), d, k))] += 1;
    ASSERT_EQ(counts.size(), number);
    std::vector<double> values;
    for (const auto& [set, count] : counts) values.push_back(count);
    EXPECT_LT(std::abs(test::chi_squared_score(values, std::vector<double>(number, 1.0 / static_cast<double>(number)))),
              5);
  }
}

TEST(Subset, PairsAcrossNodesAreEquallyLikely) {
  // both 0 and d-1 chosen: probability k(k-1)/(d(d-1))
  constexpr int draws = 40000;
  const Index d = 500;
  const Index k = 200;
  int both = 0;
  for (std::uint64_t iteration = 0; iteration < draws; ++iteration) {
    const auto elements = whole(Subset(key_of(iteration), d, k));
    both += elements.front() == 0 && elements.back() == d - 1 ? 1 : 0;
  }
  const double p = 200.0 * 199 / (500.0 * 499);
  EXPECT_LT(std::abs(both - draws * p), 5 * std::sqrt(draws * p * (1 - p)));
}

TEST(Hypergeometric, FollowsItsLaw) {
  struct Case {
    std::uint64_t good, bad, draws;
  };
  for (const auto& c :
       {Case{5, 5, 5}, Case{3, 100, 20}, Case{500, 500, 300}, Case{1000, 24, 900}, Case{4096, 4096, 82}}) {
    const auto log_choose = [](double n, double k) {
      return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    };
    const auto g = static_cast<double>(c.good);
    const auto b = static_cast<double>(c.bad);
    const auto n = static_cast<double>(c.draws);
    std::vector<double> probabilities(c.draws + 1, 0.0);
    for (std::uint64_t x = 0; x <= c.draws; ++x)
      if (x <= c.good && c.draws - x <= c.bad) {
        const auto value = static_cast<double>(x);
        probabilities[x] = std::exp(log_choose(g, value) + log_choose(b, n - value) - log_choose(g + b, n));
      }
    std::vector<double> counts(c.draws + 1, 0.0);
    Stream stream({.seed = 31, .purpose = Purpose::uplink, .iteration = c.good});
    for (int i = 0; i < 50000; ++i) {
      const auto x = hypergeometric(stream.uniform(), c.good, c.bad, c.draws);
      ASSERT_LE(x, c.draws);
      counts[x] += 1;
    }
    EXPECT_LT(std::abs(test::chi_squared_score(counts, probabilities)), 5) << c.good << " " << c.bad << " " << c.draws;
  }
}

TEST(Hypergeometric, KeepsItsSupportAtTheEnds) {
  EXPECT_EQ(hypergeometric(0.3, 10, 0, 4), 4U);
  EXPECT_EQ(hypergeometric(0.3, 0, 10, 4), 0U);
  EXPECT_EQ(hypergeometric(0.3, 5, 5, 10), 5U);
  EXPECT_LE(hypergeometric(0x1p-53, 1U << 20, 1U << 20, 1000), 1000U);
  EXPECT_LE(hypergeometric(1 - 0x1p-53, 1U << 20, 1U << 20, 1000), 1000U);
}

}  // namespace
}  // namespace vireo::random
