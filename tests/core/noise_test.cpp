// Pins the particles' random numbers: Philox4x32's published answers, the mapping in the header, and that a number is a
// function of key, particle and place alone.
#include "core/noise.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/wide.hpp"

namespace vireo::random {
namespace {

constexpr Index stride = 64;
const Key key{.seed = 9, .purpose = Purpose::particle, .worker = 1, .iteration = 12};

std::array<double, 4> uniforms_by_definition(std::uint64_t particle, std::uint32_t quad) {
  const std::uint64_t k = block(key, 0, 0)[0];
  const r123::Philox4x32 philox;
  const auto w = philox({{static_cast<std::uint32_t>(particle), static_cast<std::uint32_t>(particle >> 32), quad, 0}},
                        {{static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(k >> 32)}});
  std::array<double, 4> u{};
  for (Index i = 0; i < 4; ++i) u[i] = (static_cast<double>(w[i]) + 0.5) * 0x1p-32;
  return u;
}

TEST(Noise, IsThePublishedGeneratorWithTheMappingOfTheHeader) {
  const Noise noise(key);
  const std::uint64_t first = (std::uint64_t{3} << 32) - 24;  // the high word changes within the block
  Vector uniform(12 * stride), normal(12 * stride);
  noise.uniforms(first, 64, 10, stride, uniform.data());
  noise.normals(first, 64, 10, stride, normal.data());
  for (Index p = 0; p < 64; ++p)
    for (Index j = 0; j < 10; ++j) {
      const auto u = uniforms_by_definition(first + p, static_cast<std::uint32_t>(j / 4));
      EXPECT_EQ(uniform[j * stride + p], u[j % 4]);
      const Index pair = j % 4 / 2 * 2;
      const double radius = std::sqrt(-2 * std::log(u[pair]));
      const double angle = 2 * std::numbers::pi * u[pair + 1];
      EXPECT_NEAR(normal[j * stride + p], radius * (j % 2 == 0 ? std::cos(angle) : std::sin(angle)), 1e-14);
    }
}

TEST(Noise, DoesNotDependOnWhatElseIsDrawn) {
  const Noise noise(key);
  Vector whole(8 * stride), part(4 * stride);
  noise.normals(640, 64, 8, stride, whole.data());
  noise.normals(640 + 16, 8, 3, stride, part.data());
  for (Index p = 0; p < 8; ++p)
    for (Index j = 0; j < 3; ++j) EXPECT_EQ(part[j * stride + p], whole[j * stride + p + 16]);
}

TEST(Noise, IsNormalWithUnitVarianceAndUncorrelated) {
  const Noise noise(key);
  Vector x(4 * stride);
  constexpr int blocks = 20000;
  double mean = 0, square = 0, fourth = 0, neighbours = 0, largest = 0;
  for (std::uint64_t b = 0; b < blocks; ++b) {
    noise.normals(64 * b, 64, 4, stride, x.data());
    for (Index i = 0; i < x.size(); ++i) {
      mean += x[i];
      square += x[i] * x[i];
      fourth += x[i] * x[i] * x[i] * x[i];
      largest = std::max(largest, std::abs(x[i]));
    }
    for (Index p = 0; p < 64; ++p) neighbours += x[p] * x[stride + p] + x[2 * stride + p] * x[stride + p];
  }
  const double n = 256.0 * blocks;
  const double five = 5 / std::sqrt(n);  // standard errors
  EXPECT_NEAR(mean / n, 0, five);
  EXPECT_NEAR(square / n, 1, five * std::sqrt(2.0));
  EXPECT_NEAR(fourth / n, 3, five * std::sqrt(96.0));
  EXPECT_NEAR(neighbours / n, 0, five);
  EXPECT_GT(largest, 4.5);
  EXPECT_LT(largest, 6.67);
}

}  // namespace
}  // namespace vireo::random
