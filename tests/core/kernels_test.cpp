// Pins the kernels: right to rounding, and the same bits wherever the data lie.
#include "vireo/core/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vireo/core/random.hpp"

namespace vireo {
namespace {

const std::vector<Index> sizes{0, 1, 7, 8, 31, 32, 33, 4095, 4096, 4097, 10000};

Vector normal_vector(Index n, std::uint64_t stream) {
  Vector x(n);
  random::normals({.seed = 1, .purpose = random::Purpose::problem, .iteration = stream}, 0, x);
  return x;
}

TEST(Kernels, AgreeWithLongDoubleSums) {
  for (const Index n : sizes) {
    const Vector x = normal_vector(n, 1);
    const Vector y = normal_vector(n, 2);
    long double dot = 0, sum = 0, distance = 0;
    for (Index j = 0; j < n; ++j) {
      dot += static_cast<long double>(x[j]) * y[j];
      sum += x[j];
      distance += (static_cast<long double>(x[j]) - y[j]) * (static_cast<long double>(x[j]) - y[j]);
    }
    const double scale = 1e-15 * (static_cast<double>(n) + 1);
    EXPECT_NEAR(kernels::dot(x, y), static_cast<double>(dot), scale);
    EXPECT_NEAR(kernels::sum(x), static_cast<double>(sum), scale);
    EXPECT_NEAR(kernels::squared_distance(x, y), static_cast<double>(distance), 4 * scale);
    EXPECT_EQ(kernels::squared_norm(x), kernels::dot(x, x));
  }
}

TEST(Kernels, GiveTheSameBitsAtEveryAlignment) {
  const Vector x = normal_vector(5000, 1);
  const Vector y = normal_vector(5000, 2);
  const double dot = kernels::dot(x, y);
  for (Index shift = 1; shift < 8; ++shift) {
    Vector moved_x(5000 + shift), moved_y(5000 + 2 * shift);
    std::copy(x.begin(), x.end(), moved_x.begin() + static_cast<std::ptrdiff_t>(shift));
    std::copy(y.begin(), y.end(), moved_y.begin() + static_cast<std::ptrdiff_t>(2 * shift));
    EXPECT_EQ(kernels::dot(ConstView(moved_x).subspan(shift), ConstView(moved_y).subspan(2 * shift)), dot);
  }
}

TEST(Kernels, NormsNeitherOverflowNorVanish) {
  // powers of 2 scale without rounding, so the norms must scale to the last bit, from where squares vanish to where
  // they overflow
  for (const Index n : {1U, 33U, 5000U}) {
    const Vector x = normal_vector(n, 4);
    const Vector y = normal_vector(n, 5);
    const double norm = std::sqrt(kernels::squared_norm(x));
    const double distance = std::sqrt(kernels::squared_distance(x, y));
    EXPECT_EQ(kernels::norm(x), norm);  // today's bits for ordinary numbers
    EXPECT_EQ(kernels::distance(x, y), distance);
    for (const int exponent : {-900, -700, -530, -466, -400, 400, 510, 700, 1000}) {
      Vector scaled_x = x, scaled_y = y;
      kernels::scale(std::ldexp(1.0, exponent), scaled_x);
      kernels::scale(std::ldexp(1.0, exponent), scaled_y);
      EXPECT_EQ(kernels::norm(scaled_x), std::ldexp(norm, exponent)) << n << " 2^" << exponent;
      EXPECT_EQ(kernels::distance(scaled_x, scaled_y), std::ldexp(distance, exponent)) << n << " 2^" << exponent;
    }
  }
}

TEST(Kernels, NormsOfExtremes) {
  const double smallest = std::numeric_limits<double>::denorm_min();
  const double largest = std::numeric_limits<double>::max();
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(kernels::norm(Vector{}), 0);
  EXPECT_EQ(kernels::norm(Vector(5000, 0.0)), 0);
  EXPECT_EQ(kernels::norm(Vector{0, smallest}), smallest);
  EXPECT_DOUBLE_EQ(kernels::norm(Vector{3e-170, 4e-170}), 5e-170);
  EXPECT_DOUBLE_EQ(kernels::norm(Vector{3e160, -4e160}), 5e160);
  EXPECT_EQ(kernels::norm(Vector{largest, 0}), largest);
  EXPECT_EQ(kernels::norm(Vector{largest, largest}), infinite);
  EXPECT_EQ(kernels::norm(Vector{1, -infinite}), infinite);
  EXPECT_TRUE(std::isnan(kernels::norm(Vector{infinite, std::nan("")})));
  EXPECT_EQ(kernels::norm(Vector{1e200, 1e-200}), 1e200);
  EXPECT_DOUBLE_EQ(kernels::distance(Vector{1e200, 3e-170}, Vector{1e200, 7e-170}), 4e-170);  // of which one cancels
  EXPECT_EQ(kernels::distance(Vector{largest}, Vector{-largest}), infinite);
  EXPECT_EQ(kernels::distance(Vector{0.75 * largest}, Vector{-0.25 * largest}), largest);
  EXPECT_EQ(kernels::distance(Vector{infinite}, Vector{0}), infinite);
  EXPECT_TRUE(std::isnan(kernels::distance(Vector{1, std::nan("")}, Vector{0, 0})));
  EXPECT_EQ(kernels::distance(Vector{smallest}, Vector{-smallest}), 2 * smallest);
}

TEST(Kernels, FindWhatIsNotFinite) {
  for (const double bad :
       {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
    for (const Index place : {0U, 31U, 32U, 99U}) {
      Vector x = normal_vector(100, 3);
      EXPECT_TRUE(kernels::all_finite(x));
      x[place] = bad;
      EXPECT_FALSE(kernels::all_finite(x));
      EXPECT_FALSE(std::isfinite(kernels::max_abs(x)));
    }
  // large finite numbers of both signs are finite
  const Vector huge{1e308, 1e308, -1e308, 1e308};
  EXPECT_TRUE(kernels::all_finite(huge));
}

TEST(Kernels, CombineVectors) {
  const Vector x{1, 2, 3};
  Vector y{10, 20, 30};
  Vector out(3);
  kernels::combine(2, x, 3, y, out);
  EXPECT_EQ(out, (Vector{32, 64, 96}));
  kernels::add_scaled(x, -1, y, out);
  EXPECT_EQ(out, (Vector{-9, -18, -27}));
  kernels::subtract(y, x, out);
  EXPECT_EQ(out, (Vector{9, 18, 27}));
  kernels::axpy(2, x, y);
  EXPECT_EQ(y, (Vector{12, 24, 36}));
  kernels::scale(0.5, y);
  EXPECT_EQ(y, (Vector{6, 12, 18}));
  EXPECT_EQ(kernels::max_abs(Vector{-4, 3}), 4);
}

}  // namespace
}  // namespace vireo
