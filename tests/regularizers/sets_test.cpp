// Each set and penalty alone: formulas on data checked by hand, value() outside the domain, extreme magnitudes, and
// what the factories refuse.
#include "vireo/regularizers/sets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "regularizers/points.hpp"
#include "vireo/core/error.hpp"

namespace vireo {
namespace {

using testing::prox_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Zero, LeavesEverything) {
  const auto g = make_zero();
  EXPECT_EQ(prox_of(*g, 1, {1, -2, infinity}), (Vector{1, -2, infinity}));
  EXPECT_TRUE(g->zero());
  EXPECT_EQ(g->value(Vector{5}), 0);
  EXPECT_EQ(g->description(), "zero");
}

TEST(L2, ShrinksByOnePlusGammaWeight) {
  const auto g = make_l2(3);
  EXPECT_EQ(prox_of(*g, 2, {7, -14}), (Vector{1, -2}));
  EXPECT_EQ(g->value(Vector{1, 2}), 7.5);
  EXPECT_EQ(g->strong_convexity(), 3);
  EXPECT_FALSE(g->zero());
  EXPECT_TRUE(make_l2(0)->zero());
  EXPECT_EQ(g->description(), "l2 of weight 3");
}

TEST(L1, IsSoftThresholding) {
  const auto g = make_l1(0.5);
  EXPECT_EQ(prox_of(*g, 2, {3, -3, 1, -1, 0.25, 0}), (Vector{2, -2, 0, 0, 0, 0}));
  EXPECT_EQ(g->value(Vector{1, -2, 3}), 3);
  EXPECT_EQ(g->strong_convexity(), 0);
  EXPECT_TRUE(make_l1(0)->zero());
  EXPECT_EQ(g->description(), "l1 of weight 0.5");
}

TEST(Box, ClampsCoordinates) {
  const auto g = make_box(-0.5, 2);
  EXPECT_EQ(prox_of(*g, 1, {-3, 0.25, 5, infinity, -infinity}), (Vector{-0.5, 0.25, 2, 2, -0.5}));
  EXPECT_EQ(g->value(Vector{-0.5, 2}), 0);
  EXPECT_EQ(g->value(Vector{-0.5 - 1e-13, 2 + 1e-12}), 0);
  EXPECT_EQ(g->value(Vector{-0.5 - 1e-11}), infinity);
  EXPECT_EQ(g->value(Vector{2.001}), infinity);
  EXPECT_EQ(g->description(), "box [-0.5, 2]");
}

TEST(Box, MayBeOpenOnEitherSide) {
  EXPECT_EQ(prox_of(*make_box(-infinity, 1), 1, {-1e300, 2}), (Vector{-1e300, 1}));
  EXPECT_EQ(prox_of(*make_box(1, infinity), 1, {-1e300, 2}), (Vector{1, 2}));
  EXPECT_EQ(make_box(-infinity, 1)->value(Vector{-1e300}), 0);
  EXPECT_EQ(make_box(-infinity, 1)->value(Vector{1.5}), infinity);
  EXPECT_FALSE(make_box(-infinity, 1)->zero());
  EXPECT_TRUE(make_box(-infinity, infinity)->zero());
  EXPECT_EQ(make_box(-infinity, 1)->description(), "box [-inf, 1]");
}

TEST(Nonnegative, CutsOffNegativeCoordinates) {
  const auto g = make_nonnegative();
  EXPECT_EQ(prox_of(*g, 1, {-3, 0, 5}), (Vector{0, 0, 5}));
  EXPECT_EQ(g->value(Vector{0, 1e300}), 0);
  EXPECT_EQ(g->value(Vector{1, -1e-300}), infinity);
  EXPECT_EQ(g->description(), "nonnegative");
}

TEST(Ball, ScalesToTheRadius) {
  const auto g = make_ball(10);
  EXPECT_EQ(prox_of(*g, 1, {30, 40}), (Vector{6, 8}));
  EXPECT_EQ(prox_of(*g, 1, {3, 4}), (Vector{3, 4}));
  EXPECT_EQ(prox_of(*g, 1, {0, 0}), (Vector{0, 0}));
  EXPECT_EQ(g->value(Vector{6, 8}), 0);
  EXPECT_EQ(g->value(Vector{6, 8.0001}), infinity);
  EXPECT_EQ(g->value(Vector{infinity, 0}), infinity);
  EXPECT_EQ(g->description(), "ball of radius 10");
}

TEST(Ball, SurvivesSquaresThatOverflowOrUnderflow) {
  for (const double scale : {1e-310, 1e-200, 1e-160, 1e140, 1e200, 1e307}) {
    const auto g = make_ball(scale);
    const auto inside = prox_of(*g, 1, {0.3 * scale, 0.4 * scale});
    EXPECT_EQ(inside, (Vector{0.3 * scale, 0.4 * scale})) << scale;
    const auto outside = prox_of(*g, 1, {3 * scale, 4 * scale});
    const double rounding = scale < 1e-300 ? 1e-10 : 1e-15;  // few bits are left below 1e-308
    EXPECT_NEAR(outside[0] / scale, 0.6, rounding) << scale;
    EXPECT_NEAR(outside[1] / scale, 0.8, rounding) << scale;
    EXPECT_EQ(g->value(inside), 0) << scale;
    EXPECT_EQ(g->value(Vector{3 * scale, 4 * scale}), infinity) << scale;
  }
  EXPECT_NEAR(prox_of(*make_ball(1e-200), 1, {1e200, 0})[0] / 1e-200, 1, 1e-15);
  EXPECT_EQ(prox_of(*make_ball(1e200), 1, {1e-200, 0})[0], 1e-200);
}

TEST(Ball, InfinityHasNoProjection) {
  for (const double value : prox_of(*make_ball(), 1, {infinity, 1})) EXPECT_TRUE(std::isnan(value));
  for (const double value : prox_of(*make_ball(), 1, {1, std::nan("")})) EXPECT_TRUE(std::isnan(value));
}

TEST(Sets, RefuseArgumentsOutOfRange) {
  const double nan = std::nan("");
  for (const double bad : {0.0, -1.0, infinity, nan}) {
    EXPECT_THROW((void)make_ball(bad), UsageError);
    EXPECT_THROW((void)make_simplex(bad), UsageError);
  }
  for (const double bad : {-1.0, infinity, nan}) {
    EXPECT_THROW((void)make_l1(bad), UsageError);
    EXPECT_THROW((void)make_l2(bad), UsageError);
  }
  EXPECT_THROW((void)make_box(2, 1), UsageError);
  EXPECT_THROW((void)make_box(nan, 1), UsageError);
  EXPECT_THROW((void)make_box(0, nan), UsageError);
  EXPECT_THROW((void)make_box(infinity, infinity), UsageError);
  EXPECT_THROW((void)make_box(-infinity, -infinity), UsageError);
  try {
    (void)make_ball(-1);
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "ball: radius=-1 is out of range (radius > 0)");
  }
}

}  // namespace
}  // namespace vireo
