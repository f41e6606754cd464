// Pins the law that draws a row and a column together: exact marginals, one pair for each index where both sides are
// alike, and draws that follow it.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "linalg/line_pairs.hpp"
#include "support/statistics.hpp"

namespace vireo {
namespace {

/// Sums over the pairs, by coordinate
struct Sums {
  std::vector<double> x, y, shares_x, shares_y;
  Sums(const linalg::LinePairs& pairs, Index size_x, Index size_y)
      : x(size_x), y(size_y), shares_x(size_x), shares_y(size_y) {
    for (Index k = 0; k < pairs.size(); ++k) {
      const auto cell = pairs.cell(k);
      x.at(cell.x) += pairs.probability(k);
      y.at(cell.y) += pairs.probability(k);
      shares_x[cell.x] += pairs.share_x(k);
      shares_y[cell.y] += pairs.share_y(k);
    }
  }
};

void expect_ordered(const linalg::LinePairs& pairs) {
  for (Index k = 1; k < pairs.size(); ++k) {
    const auto before = pairs.cell(k - 1);
    const auto cell = pairs.cell(k);
    EXPECT_TRUE(cell.x >= before.x && cell.y >= before.y);
    EXPECT_TRUE(cell.x > before.x || cell.y > before.y);
    EXPECT_GT(pairs.probability(k), 0);
  }
}

TEST(LinePairs, OfASquareDrawnAlikeAreItsDiagonal) {
  const auto pairs = linalg::LinePairs::uniform(7, 7);
  ASSERT_EQ(pairs.size(), 7U);
  for (Index k = 0; k < 7; ++k) {
    EXPECT_EQ(pairs.cell(k).x, k);
    EXPECT_EQ(pairs.cell(k).y, k);
    EXPECT_EQ(pairs.probability(k), 1.0 / 7);
    EXPECT_EQ(pairs.share_x(k), 1);
  }
}

TEST(LinePairs, OfARectangleHaveUniformMarginals) {
  for (const auto& [r, c] : {std::pair<Index, Index>{3, 5}, {6, 4}, {1, 9}, {9, 1}, {1000, 999}}) {
    const auto pairs = linalg::LinePairs::uniform(r, c);
    EXPECT_EQ(pairs.size(), r + c - std::gcd(r, c));
    expect_ordered(pairs);
    const Sums sums(pairs, r, c);
    for (Index i = 0; i < r; ++i) {
      EXPECT_NEAR(sums.x[i], 1 / static_cast<double>(r), 1e-15);
      EXPECT_NEAR(sums.shares_x[i], 1, 1e-14);
      EXPECT_EQ(pairs.probability_x(i), 1 / static_cast<double>(r));
    }
    for (Index j = 0; j < c; ++j) {
      EXPECT_NEAR(sums.y[j], 1 / static_cast<double>(c), 1e-15);
      EXPECT_NEAR(sums.shares_y[j], 1, 1e-14);
    }
  }
}

TEST(LinePairs, BySizeHaveMarginalsInProportionHoweverUnequal) {
  const Vector x{3, 0, 1e-30, 5, 1e-9};
  const Vector y{0, 2, 7, 0};
  const auto pairs = linalg::LinePairs::by_size(x, y);
  expect_ordered(pairs);
  EXPECT_LE(pairs.size(), 8U);
  const Sums sums(pairs, 5, 4);
  EXPECT_EQ(sums.x[1], 0);
  EXPECT_EQ(sums.y[0], 0);
  EXPECT_EQ(sums.y[3], 0);
  const double total = 8 + 1e-9;
  EXPECT_NEAR(sums.x[0], 3 / total, 1e-15);
  EXPECT_NEAR(sums.x[4], 1e-9 / total, 1e-18);
  EXPECT_GT(sums.x[2], 0);  // rare, but it can be drawn, and then its weight is right
  EXPECT_LT(sums.x[2], 1e-17);
  for (const Index i : std::vector<Index>{0, 2, 3, 4}) {
    EXPECT_NEAR(sums.shares_x[i], 1, 1e-14);
    EXPECT_NEAR(sums.x[i], pairs.probability_x(i), 1e-15 * pairs.probability_x(i));
  }
  EXPECT_NEAR(sums.y[2], 7.0 / 9, 1e-15);
}

TEST(LinePairs, WithoutAnySizeAllAreAlike) {
  const auto pairs = linalg::LinePairs::by_size(Vector(3, 0.0), Vector(4, 0.0));
  const Sums sums(pairs, 3, 4);
  for (const double p : sums.x) EXPECT_NEAR(p, 1.0 / 3, 1e-15);
  for (const double p : sums.y) EXPECT_NEAR(p, 0.25, 1e-15);
  const auto one_sided = linalg::LinePairs::by_size(Vector(3, 0.0), Vector{1, 2});
  const Sums other(one_sided, 3, 2);
  for (const double p : other.x) EXPECT_NEAR(p, 1.0 / 3, 1e-15);
  EXPECT_NEAR(other.y[1], 2.0 / 3, 1e-15);
}

TEST(LinePairs, DrawsFollowTheLaw) {
  for (const auto& pairs :
       {linalg::LinePairs::uniform(6, 4), linalg::LinePairs::by_size(Vector{1, 0, 5, 0.3}, Vector{2, 0.01, 4})}) {
    random::Stream stream({.seed = 3, .purpose = random::Purpose::sample});
    std::vector<double> counts(pairs.size()), probabilities;
    for (int draw = 0; draw < 100000; ++draw) counts.at(pairs.draw(stream)) += 1;
    for (Index k = 0; k < pairs.size(); ++k) probabilities.push_back(pairs.probability(k));
    EXPECT_LT(test::chi_squared_score(counts, probabilities), 4);
  }
}

}  // namespace
}  // namespace vireo
