// The projection onto the simplex: against an enumeration of all supports, against a reference in long double, and on
// the inputs on which such codes fail (ties, one coordinate, huge, tiny, infinite, NaN, many passes).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "regularizers/points.hpp"
#include "regularizers/simplex_projection.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using testing::distance;
using testing::Points;

constexpr double infinity = std::numeric_limits<double>::infinity();

Vector projected(double total, Vector z) {
  regularizers::project_onto_simplex(total, z);
  return z;
}

/// The textbook: sort, then the last k with z_k > (z_1 + ... + z_k - total) / k.
Vector reference(double total, const Vector& z) {
  std::vector<long double> sorted(z.begin(), z.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  long double prefix = 0;
  long double theta = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    prefix += sorted[k];
    const long double candidate = (prefix - static_cast<long double>(total)) / static_cast<long double>(k + 1);
    if (sorted[k] > candidate) theta = candidate;
  }
  Vector out;
  for (const double value : z) out.push_back(static_cast<double>(std::max(0.0L, value - theta)));
  return out;
}

void expect_in_simplex(double total, const Vector& u) {
  EXPECT_NEAR(kernels::sum(u) / total, 1, 2e-14);
  EXPECT_GE(*std::min_element(u.begin(), u.end()), 0);
  EXPECT_EQ(make_simplex(total)->value(u), 0);
}

TEST(Simplex, ByHand) {
  EXPECT_EQ(projected(1, {0.5, 0.5}), (Vector{0.5, 0.5}));
  EXPECT_EQ(projected(1, {3, 1}), (Vector{1, 0}));
  EXPECT_EQ(projected(1, {1, 0.5}), (Vector{0.75, 0.25}));
  EXPECT_EQ(projected(2, {1, 1, -5}), (Vector{1, 1, 0}));
  EXPECT_EQ(projected(1, {0, 0, 0, 0}), (Vector{0.25, 0.25, 0.25, 0.25}));
}

TEST(Simplex, BestOfAllSupports) {
  Points points(11);
  for (int repeat = 0; repeat < 200; ++repeat) {
    const auto n = static_cast<Index>(1 + repeat % 7);
    const double total = points.uniform(0.1, 5);
    const auto z = points.normal(n, 2);
    double best = infinity;
    Vector closest;
    for (unsigned support = 1; support < (1U << n); ++support) {  // on a support, the projection onto its plane
      double sum = 0;
      int size = 0;
      for (Index j = 0; j < n; ++j)
        if (support >> j & 1U) {
          sum += z[j];
          ++size;
        }
      Vector u(n, 0.0);
      for (Index j = 0; j < n; ++j)
        if (support >> j & 1U) u[j] = z[j] - (sum - total) / size;
      if (*std::min_element(u.begin(), u.end()) >= 0 && distance(u, z) < best) {
        best = distance(u, z);
        closest = u;
      }
    }
    EXPECT_LE(distance(projected(total, z), closest), 1e-14);
  }
}

TEST(Simplex, AgreesWithLongDoubleReference) {
  Points points(12);
  for (const Index n : std::initializer_list<Index>{1, 2, 5, 33, 1000, 20000}) {
    for (const double spread : {1e-9, 1e-3, 1.0, 100.0}) {
      for (const double total : {1.0, 0.01, 30.0}) {
        const auto z = points.normal(n, spread);
        const auto u = projected(total, z);
        const auto expected = reference(total, z);
        for (Index j = 0; j < n; ++j) ASSERT_NEAR(u[j], expected[j], 1e-15 * total + 1e-16 * spread);
        expect_in_simplex(total, u);
      }
    }
  }
}

TEST(Simplex, OneCoordinateIsTheTotal) {
  for (const double z : {-1e308, -1.0, 0.0, 5e-324, 0.3, 1e308}) EXPECT_EQ(projected(0.7, {z}), (Vector{0.7}));
}

TEST(Simplex, EmptyIsLeftAlone) {
  EXPECT_TRUE(projected(1, {}).empty());
  EXPECT_EQ(make_simplex()->value({}), infinity);
}

TEST(Simplex, TiesShareEqually) {
  for (const Index n : std::initializer_list<Index>{2, 3, 7, 1000, 4097})
    for (const double z : {-1e300, -3.0, 0.0, 1e-300, 0.1, 1e16, 1e308}) {
      const auto u = projected(1, Vector(n, z));
      EXPECT_TRUE(std::all_of(u.begin(), u.end(), [&](double value) { return value == u[0]; }));
      EXPECT_NEAR(u[0] * static_cast<double>(n), 1, 1e-15);
      expect_in_simplex(1, u);
    }
  // two ties at the threshold: in or out, they are 0
  EXPECT_EQ(projected(1, {1, 0, 0}), (Vector{1, 0, 0}));
}

TEST(Simplex, HugeValuesKeepTheTotal) {
  Points points(13);
  for (const double offset : {1e6, 1e10, 1e15, 1e17, 1e300, -1e6, -1e15, -1e300}) {
    auto z = points.normal(500, 1);
    for (double& value : z) value += offset;
    expect_in_simplex(1, projected(1, z));
  }
  expect_in_simplex(1, projected(1, {1e308, -1e308, 1e308, 3}));
  expect_in_simplex(1, projected(1, {1.7976931348623157e308, -1.7976931348623157e308}));
}

TEST(Simplex, ManyCoordinatesNearTheThresholdKeepTheTotal) {
  // here the rounding of theta, times the number of coordinates, is far above the rounding of the sum
  Points points(16);
  for (const Index n : std::initializer_list<Index>{1000, 100000, 1000000}) {
    Vector z = points.normal(n, 1e-9);
    z[3] = 0.9;
    expect_in_simplex(1, projected(1, z));
  }
}

TEST(Simplex, ShiftOfAllCoordinatesChangesNothing) {
  const Vector z{0.5, 0.125, -0.25, 0.375, 0.25};
  auto shifted = z;
  for (double& value : shifted) value += 1024;  // exact
  EXPECT_EQ(projected(1, z), projected(1, shifted));
}

TEST(Simplex, ExtremeTotals) {
  for (const double total : {1e-300, 1e-100, 1e100, 1e300, 1.7e308}) {
    Points points(14);
    for (const double spread : {total / 50, total / 8})
      expect_in_simplex(total, projected(total, points.normal(100, spread)));
    expect_in_simplex(total, projected(total, points.normal(100, 1)));
  }
  const auto least = projected(5e-324, {0, 0, 0});  // cannot be divided; must not hang or give NaN
  EXPECT_TRUE(kernels::all_finite(least));
}

TEST(Simplex, MinusInfinityIsOutOfTheSupport) { EXPECT_EQ(projected(1, {-infinity, 2, 2}), (Vector{0, 0.5, 0.5})); }

TEST(Simplex, NoProjectionGivesNaN) {
  const double nan = std::nan("");
  for (const auto& z : {Vector{1, nan, 2}, Vector{nan}, Vector{infinity, 1}, Vector{-infinity, -infinity},
                        Vector{infinity, nan}, Vector{infinity, -infinity}})
    for (const double value : projected(1, z)) EXPECT_TRUE(std::isnan(value));
}

TEST(Simplex, SparseResultHasExactZeros) {
  Vector z(1000, 0.0);
  z[17] = 5;
  z[900] = 4.5;
  const auto u = projected(1, z);
  EXPECT_EQ(u[17], 0.75);
  EXPECT_EQ(u[900], 0.25);
  EXPECT_EQ(std::count(u.begin(), u.end(), 0.0), 998);
}

/// How many passes Michelot's algorithm takes.
int passes(double total, Vector active) {
  for (int pass = 1;; ++pass) {
    const double theta = (kernels::sum(active) - total) / static_cast<double>(active.size());
    const auto before = active.size();
    std::erase_if(active, [&](double value) { return value < theta; });
    if (active.size() == before) return pass;
  }
}

TEST(Simplex, InputMadeForManyPassesIsProjectedExactly) {
  // Each coordinate is just far enough below the threshold of those before it to hide the next larger one.
  Vector z{0, -0.5, -0.75 - 1e-12};
  double sum = z[0] + z[1] + z[2];
  while (z.size() < 40) {
    const auto k = static_cast<double>(z.size());
    const double next = (k + 1) * z.back() - (sum - 1) - 1e-15;
    if (next < -1) break;
    z.push_back(next);
    sum += next;
  }
  ASSERT_GT(passes(1, z), 10) << "the input does not reach the sort";
  const auto u = projected(1, z);
  EXPECT_LE(distance(u, reference(1, z)), 1e-15);
  expect_in_simplex(1, u);
}

TEST(Simplex, ALargeOneIsQuick) {
  Points points(15);
  for (const double spread : {1e-8, 1.0}) {
    const auto z = points.normal(2000000, spread);
    expect_in_simplex(1, projected(1, z));
  }
}

TEST(Simplex, ValueTellsInsideFromOutside) {
  const auto g = make_simplex(2);
  EXPECT_EQ(g->value(Vector{0.5, 1.5}), 0);
  EXPECT_EQ(g->value(Vector{0.5, 1.5 + 1e-12}), 0);
  EXPECT_EQ(g->value(Vector{0.5, 1.5 + 1e-11}), infinity);
  EXPECT_EQ(g->value(Vector{-0.5, 2.5}), infinity);
  EXPECT_EQ(g->value(Vector{-1e-13, 2}), 0);
  EXPECT_EQ(g->value(Vector{infinity, -infinity}), infinity);
  EXPECT_EQ(g->description(), "simplex of total 2");
}

}  // namespace
}  // namespace vireo
