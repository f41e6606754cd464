// Pins log, exp, sin(pi x) and cos(pi x) of vectors to long double within 2 ulp, sin^2(pi x) within 4, and their ends.
#include "core/elementary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "vireo/core/random.hpp"

namespace vireo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int samples = 300000;

/// |got - want| in units of the last place of `want`
double ulps(double got, long double want) {
  const double size = std::abs(static_cast<double>(want));
  const double unit = std::nextafter(size, infinity) - size;
  return static_cast<double>(std::abs(got - want) / unit);
}

/// The largest error over random arguments is at most `bound` units of the last place.
void expect_within(double bound, const std::function<double(random::Stream&)>& draw,
                   const std::function<double(double)>& ours, const std::function<long double(double)>& exact) {
  random::Stream stream({.seed = 5, .purpose = random::Purpose::sample});
  double worst = 0;
  double where = 0;
  for (int i = 0; i < samples; ++i) {
    const double x = draw(stream);
    const double error = ulps(ours(x), exact(x));
    ASSERT_FALSE(std::isnan(error)) << x;
    if (error > worst) {
      worst = error;
      where = x;
    }
  }
  EXPECT_LE(worst, bound) << "at " << where;
  EXPECT_GT(worst, 0.3);  // else nothing was compared
}

/// sin(pi x) and cos(pi x): the reduction by half turns is exact in long double
struct Exact {
  long double sine, cosine;
};
Exact exact_turn(double x) {
  const long double q = std::round(2 * static_cast<long double>(x));
  const long double r = std::numbers::pi_v<long double> * (x - q / 2);
  const long double s = std::sin(r), c = std::cos(r);
  switch (((static_cast<std::int64_t>(q) % 4) + 4) % 4) {
    case 0:
      return {s, c};
    case 1:
      return {c, -s};
    case 2:
      return {-s, -c};
    default:
      return {-c, s};
  }
}

TEST(Elementary, LogIsWithinTwoUlps) {
  const auto ours = [](double x) { return elementary::log(x); };
  const auto exact = [](double x) { return std::log(static_cast<long double>(x)); };
  expect_within(
      2, [](auto& s) { return s.uniform(); }, ours, exact);
  expect_within(
      2, [](auto& s) { return 1 + 1e-3 * (s.uniform() - 0.5); }, ours, exact);
  expect_within(
      2, [](auto& s) { return std::ldexp(0.5 + s.uniform(), static_cast<int>(s.below(2000)) - 1000); }, ours, exact);
}

TEST(Elementary, ExpIsWithinTwoUlps) {
  const auto ours = [](double x) { return elementary::exp(x); };
  const auto exact = [](double x) { return std::exp(static_cast<long double>(x)); };
  expect_within(
      2, [](auto& s) { return 2 * s.uniform() - 1; }, ours, exact);
  expect_within(
      2, [](auto& s) { return 1416 * (s.uniform() - 0.5); }, ours, exact);
}

TEST(Elementary, SinesAreWithinTwoUlpsAndSquaresWithinFour) {
  const auto sine = [](double x) { return elementary::sin_cos_pi(all(x)).sine[0]; };
  const auto cosine = [](double x) { return elementary::cos_pi(all(x))[0]; };
  const auto square = [](double x) { return elementary::sin_pi_squared(all(x))[0]; };
  for (const double range : {0.5, 4.0, 1000.0, 1e9}) {
    const auto draw = [&](auto& s) { return range * (2 * s.uniform() - 1); };
    expect_within(2, draw, sine, [](double x) { return exact_turn(x).sine; });
    expect_within(2, draw, cosine, [](double x) { return exact_turn(x).cosine; });
    expect_within(4, draw, square, [](double x) { return exact_turn(x).sine * exact_turn(x).sine; });
  }
}

TEST(Elementary, EndsAreWhatTheHeaderSays) {
  EXPECT_EQ(elementary::exp(0.0), 1);
  EXPECT_EQ(elementary::exp(-708.5), 0);
  EXPECT_EQ(elementary::exp(-infinity), 0);
  EXPECT_EQ(elementary::exp(710.0), infinity);
  EXPECT_TRUE(std::isnan(elementary::exp(std::nan(""))));
  EXPECT_EQ(elementary::log(1.0), 0);
  const auto square = [](double x) { return elementary::sin_pi_squared(all(x))[0]; };
  EXPECT_EQ(square(3.0), 0);
  EXPECT_NEAR(square(0.5), 1, 4e-16);
  EXPECT_EQ(square(1e300), 0);
  EXPECT_NEAR(square(1e-100) * 1e200, std::numbers::pi * std::numbers::pi, 1e-14);  // no cancellation near 0
}

TEST(Elementary, SquareRootAndSelection) {
  EXPECT_EQ(square_root(all(2.0))[0], std::sqrt(2.0));
  EXPECT_EQ(square_root(all(2.0))[wide - 1], std::sqrt(2.0));
  EXPECT_EQ(larger(all(std::nan("")), all(1.0))[0], 1);
  EXPECT_EQ(absolute(all(-0.0))[0], 0);
  EXPECT_EQ(multiply_32(all_words(0xffffffff), all_words(0xfffffffe))[0], 0xfffffffeull * 0xffffffffull);
}

}  // namespace
}  // namespace vireo
