// Accuracy and reproducibility of the vectorised sigmoid.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "linalg/sigmoid.hpp"
#include "vireo/core/random.hpp"

namespace vireo {
namespace {

double ulps(double computed, double x) {
  const long double exact = 1.0L / (1.0L + std::exp(-static_cast<long double>(x)));
  const double nearest = static_cast<double>(exact);
  const double ulp = std::nextafter(nearest, 2.0) - nearest;
  return static_cast<double>(std::abs(static_cast<long double>(computed) - exact) / ulp);
}

TEST(Sigmoid, IsAccurateToTwoAndAHalfUlp) {
  Vector x;
  for (double value = -708; value <= 708; value += 0.0117) x.push_back(value);
  for (double value = 1e-18; value < 708; value *= 1.001) {
    x.push_back(value);
    x.push_back(-value);
  }
  Vector y = x;
  linalg::sigmoid(y);
  double worst = 0;
  for (Index i = 0; i < x.size(); ++i) worst = std::max(worst, ulps(y[i], x[i]));
  EXPECT_LT(worst, 2.5);
}

TEST(Sigmoid, Limits) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Vector x{0.0, -0.0, 709, 1e300, infinity, -709, -1e300, -infinity, std::nan("")};
  linalg::sigmoid(x);
  EXPECT_EQ(x[0], 0.5);
  EXPECT_EQ(x[1], 0.5);
  for (Index i = 2; i < 5; ++i) EXPECT_EQ(x[i], 1.0);
  for (Index i = 5; i < 8; ++i) {
    EXPECT_GE(x[i], 0.0);
    EXPECT_LT(x[i], 4e-308);
  }
  EXPECT_TRUE(std::isnan(x[8]));
}

// An element's bits depend neither on its place nor on its neighbours.
TEST(Sigmoid, EveryElementIsOnItsOwn) {
  Vector x(67);
  random::normals({.seed = 1}, 0, x);
  Vector all = x;
  linalg::sigmoid(all);
  for (Index i = 0; i < x.size(); ++i) {
    Vector one{x[i]};
    linalg::sigmoid(one);
    EXPECT_EQ(one[0], all[i]);
  }
  for (Index offset = 0; offset < 5; ++offset) {
    Vector part = x;
    linalg::sigmoid(View(part).subspan(offset));
    for (Index i = offset; i < x.size(); ++i) EXPECT_EQ(part[i], all[i]);
  }
}

}  // namespace
}  // namespace vireo
