// Every regularizer's prox, whatever its formula: it satisfies the variational inequality that defines it, it is firmly
// nonexpansive, strong convexity makes it a contraction, and it beats every point of a brute-force search.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "regularizers/points.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using testing::difference;
using testing::distance;
using testing::Points;
using testing::prox_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

RegularizerPointer blocks_of(Index dimension) {
  const auto third = dimension / 3;
  return std::make_shared<BlockRegularizer>(
      dimension,
      std::vector<BlockRegularizer::Part>{{"x", {0, third}, make_l1(0.3)}, {"p", {third, dimension}, make_simplex(2)}});
}

struct Case {
  const char* name;
  std::function<RegularizerPointer(Index dimension)> make;
  bool set;
};

class Every : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Regularizers, Every,
                         ::testing::Values(Case{"zero", [](Index) { return make_zero(); }, true},
                                           Case{"l2", [](Index) { return make_l2(0.7); }, false},
                                           Case{"l1", [](Index) { return make_l1(0.4); }, false},
                                           Case{"box", [](Index) { return make_box(-0.5, 2); }, true},
                                           Case{"half_box", [](Index) { return make_box(-infinity, 0.25); }, true},
                                           Case{"point", [](Index) { return make_box(0.5, 0.5); }, true},
                                           Case{"nonnegative", [](Index) { return make_nonnegative(); }, true},
                                           Case{"ball", [](Index) { return make_ball(1.5); }, true},
                                           Case{"simplex", [](Index) { return make_simplex(); }, true},
                                           Case{"simplex_of_three", [](Index) { return make_simplex(3); }, true},
                                           Case{"blocks", blocks_of, false}),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

TEST_P(Every, ProxSatisfiesItsVariationalInequality) {
  Points points(1);
  for (const Index d : std::initializer_list<Index>{1, 2, 3, 10, 257}) {
    const auto g = GetParam().make(d);
    for (int repeat = 0; repeat < 30; ++repeat) {
      const double gamma = std::pow(10.0, points.uniform(-2, 1));
      const auto z = points.normal(d, repeat % 3 == 0 ? 10 : 1);
      const auto u = prox_of(*g, gamma, z);
      ASSERT_LT(g->value(u), infinity);
      for (int other = 0; other < 10; ++other) {
        const auto v = prox_of(*g, 0.1, points.normal(d, 2));  // anywhere in the domain
        const double gap = kernels::dot(difference(u, z), difference(v, u)) + gamma * (g->value(v) - g->value(u));
        EXPECT_GE(gap, -1e-12 * (1 + kernels::squared_norm(z))) << "d = " << d;
      }
    }
  }
}

TEST_P(Every, ProxIsFirmlyNonexpansiveAndContractsByStrongConvexity) {
  Points points(2);
  for (const Index d : std::initializer_list<Index>{1, 4, 100}) {
    const auto g = GetParam().make(d);
    for (int repeat = 0; repeat < 50; ++repeat) {
      const double gamma = points.uniform(0.01, 3);
      const auto x = points.normal(d, 2);
      const auto y = points.normal(d, 2);
      const auto step = difference(prox_of(*g, gamma, x), prox_of(*g, gamma, y));
      const auto inner = kernels::dot(step, difference(x, y));
      const double mu = g->strong_convexity();
      EXPECT_LE((1 + gamma * mu) * kernels::squared_norm(step), inner + 1e-12 * (1 + kernels::squared_distance(x, y)));
    }
  }
}

TEST_P(Every, ProjectionsAreIdempotentAndIgnoreGamma) {
  if (!GetParam().set) GTEST_SKIP() << "not a set";
  Points points(3);
  for (const Index d : std::initializer_list<Index>{1, 2, 50, 5000}) {
    const auto g = GetParam().make(d);
    const auto z = points.normal(d, 3);
    const auto once = prox_of(*g, 1, z);
    EXPECT_LE(distance(once, prox_of(*g, 1, once)), 1e-14);
    EXPECT_EQ(once, prox_of(*g, 1e-3, z));
    EXPECT_EQ(g->value(once), 0);
    EXPECT_EQ(g->strong_convexity(), 0);
  }
}

TEST_P(Every, NaNInGivesNaNOut) {
  for (const Index d : std::initializer_list<Index>{1, 3, 40, 5000}) {
    const auto g = GetParam().make(d);
    for (const Index place : {Index{0}, d / 2, d - 1}) {
      Vector z(d, 0.1);
      z[place] = std::nan("");
      EXPECT_TRUE(std::isnan(prox_of(*g, 1, z)[place]));
      if (!g->zero()) {
        EXPECT_TRUE(std::isnan(g->value(z)));
      }
    }
  }
}

TEST_P(Every, ProxDoesNotDependOnWhereTheVectorLies) {
  Points points(4);
  const Index d = 777;
  const auto g = GetParam().make(d);
  const auto z = points.normal(d, 2);
  const auto expected = prox_of(*g, 0.5, z);
  Vector shifted(d + 1);
  std::copy(z.begin(), z.end(), shifted.begin() + 1);
  g->prox(0.5, View(shifted).subspan(1));
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), shifted.begin() + 1));
}

/// gamma g(u) + ||u - z||^2 / 2
double objective(const Regularizer& g, double gamma, const Vector& z, const Vector& u) {
  return gamma * g.value(u) + kernels::squared_distance(u, z) / 2;
}

TEST(BruteForce, NothingOnTheLineIsBetter) {
  Points points(5);
  const std::vector<RegularizerPointer> all = {make_zero(),        make_l2(0.7),   make_l1(0.4),  make_box(-0.5, 1),
                                               make_nonnegative(), make_ball(1.5), make_simplex()};
  for (const auto& g : all) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      const double gamma = points.uniform(0.1, 2);
      const Vector z{points.uniform(-3, 3)};
      const double best = objective(*g, gamma, z, prox_of(*g, gamma, z));
      for (int i = -4000; i <= 4000; ++i) EXPECT_LE(best, objective(*g, gamma, z, {i / 1000.0}) + 1e-15);
    }
  }
}

TEST(BruteForce, NothingInThePlaneIsBetter) {
  Points points(6);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const auto z = points.normal(2, 2);
    const auto disk = make_ball(1.5);
    const auto segment = make_simplex(1.5);
    const auto diamond = make_l1(0.4);
    const double best_in_disk = objective(*disk, 1, z, prox_of(*disk, 1, z));
    const double best_in_segment = objective(*segment, 1, z, prox_of(*segment, 1, z));
    const double best_of_l1 = objective(*diamond, 1, z, prox_of(*diamond, 1, z));
    for (int i = 0; i <= 300; ++i) {
      EXPECT_LE(best_in_segment, objective(*segment, 1, z, {i / 200.0, 1.5 - i / 200.0}) + 1e-14);
      const double angle = 2 * std::numbers::pi * i / 300;
      for (int j = 0; j <= 150; ++j) {
        const double r = j / 100.0;
        const Vector u{r * std::cos(angle), r * std::sin(angle)};
        EXPECT_LE(best_in_disk, objective(*disk, 1, z, u) + 1e-14);
        EXPECT_LE(best_of_l1, objective(*diamond, 1, z, u) + 1e-14);
      }
    }
  }
}

}  // namespace
}  // namespace vireo
