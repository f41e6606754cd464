// Products over blocks: each block its own prox, free coordinates untouched, strong convexity only if all is covered.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "regularizers/points.hpp"
#include "vireo/core/error.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using testing::prox_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Blocks, EachHasItsOwnProx) {
  const BlockRegularizer g(7, {{"y", {4, 6}, make_ball(5)}, {"x", {0, 3}, make_simplex()}});
  const auto u = prox_of(g, 1, {3, 1, 0, -9, 30, 40, -9});
  EXPECT_EQ(u, (Vector{1, 0, 0, -9, 3, 4, -9}));
  EXPECT_EQ(g.value(u), 0);
  EXPECT_FALSE(g.zero());
  EXPECT_EQ(g.description(), "x: simplex of total 1; y: ball of radius 5");
}

// A network has a simplex for each of its demands: the heading and the trace have the first and the last.
TEST(Blocks, OfVeryManyTheFirstAndTheLastAreDescribed) {
  std::vector<BlockRegularizer::Part> parts;
  for (Index i = 0; i < 90000; ++i) {
    std::string name = "od";
    name += std::to_string(i + 1);
    parts.push_back({name, {2 * i, 2 * i + 2}, make_simplex()});
  }
  EXPECT_EQ(BlockRegularizer(180000, parts).description(),
            "od1: simplex of total 1; od2: simplex of total 1; od3: simplex of total 1; ... (90000 parts); od90000: "
            "simplex of total 1");
}

TEST(Blocks, ValuesAdd) {
  const BlockRegularizer g(4, {{"x", {0, 2}, make_l1(2)}, {"y", {2, 4}, make_l2(1)}});
  EXPECT_EQ(g.value(Vector{1, -1, 2, 0}), 6);
  const BlockRegularizer set(4, {{"x", {0, 2}, make_l1(2)}, {"y", {2, 4}, make_box()}});
  EXPECT_EQ(set.value(Vector{1, -1, 2, 0}), infinity);
}

TEST(Blocks, OnlyThoseOutsideTheirSetsMoveIntoTheDomain) {
  const BlockRegularizer g(7, {{"x", {0, 2}, make_l1(2)}, {"y", {2, 4}, make_ball(5)}, {"u", {4, 6}, make_box()}});
  Vector z{1, -1, 30, 40, 0.5, -0.5, 9};
  g.move_into_domain(z);
  EXPECT_EQ(z, (Vector{1, -1, 3, 4, 0.5, -0.5, 9}));  // l1 is finite everywhere: not its prox
  EXPECT_TRUE(std::isfinite(g.value(z)));
  const Vector before = z;
  g.move_into_domain(z);
  EXPECT_EQ(z, before);
}

TEST(Blocks, StrongConvexityIsTheSmallestIfAllIsCovered) {
  EXPECT_EQ(BlockRegularizer(4, {{"x", {0, 2}, make_l2(3)}, {"y", {2, 4}, make_l2(2)}}).strong_convexity(), 2);
  EXPECT_EQ(BlockRegularizer(5, {{"x", {0, 2}, make_l2(3)}, {"y", {2, 4}, make_l2(2)}}).strong_convexity(), 0);
  EXPECT_EQ(BlockRegularizer(4, {{"x", {0, 2}, make_l2(3)}, {"y", {2, 4}, make_ball()}}).strong_convexity(), 0);
  EXPECT_EQ(BlockRegularizer(4, {{"x", {0, 2}, make_l2(3)}, {"y", {2, 4}, nullptr}}).strong_convexity(), 0);
  EXPECT_EQ(BlockRegularizer(2, {{"x", {0, 2}, make_l2(3)}, {"y", {2, 2}, make_ball()}}).strong_convexity(), 3);
  EXPECT_EQ(BlockRegularizer(0, {}).strong_convexity(), 0);
}

TEST(Blocks, NothingOnThemIsZero) {
  EXPECT_TRUE(BlockRegularizer(3, {}).zero());
  const BlockRegularizer g(3, {{"x", {0, 1}, make_zero()}, {"y", {1, 3}, nullptr}});
  EXPECT_TRUE(g.zero());
  EXPECT_EQ(g.description(), "zero");
  EXPECT_EQ(prox_of(g, 1, {1, 2, 3}), (Vector{1, 2, 3}));
}

TEST(Blocks, NaNStaysInItsBlock) {
  const BlockRegularizer g(4, {{"x", {0, 2}, make_simplex()}, {"y", {2, 4}, make_simplex()}});
  const auto u = prox_of(g, 1, {0.5, 0.5, std::nan(""), 1});
  EXPECT_EQ(u[0], 0.5);
  EXPECT_TRUE(std::isnan(u[2]) && std::isnan(u[3]));
}

TEST(Blocks, MustBeDisjointAndInTheSpace) {
  using Parts = std::vector<BlockRegularizer::Part>;
  EXPECT_THROW(BlockRegularizer(4, Parts{{"x", {0, 3}, make_ball()}, {"y", {2, 4}, make_ball()}}), Error);
  EXPECT_THROW(BlockRegularizer(4, Parts{{"x", {0, 5}, make_ball()}}), Error);
  EXPECT_THROW(BlockRegularizer(4, Parts{{"x", {3, 2}, make_ball()}}), Error);
  Vector wrong(3, 0.0);
  EXPECT_THROW(BlockRegularizer(4, {}).prox(1, wrong), Error);
  EXPECT_THROW((void)BlockRegularizer(4, {}).value(wrong), Error);
}

}  // namespace
}  // namespace vireo
