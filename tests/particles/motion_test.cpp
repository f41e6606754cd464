// Pins each step of a particle to its formula with the noise given, and the rate at which particles come together.
#include "particles/motion.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.hpp"
#include "vireo/core/random.hpp"

namespace vireo::particles {
namespace {

constexpr Index d = 3;
const Vector c{0.5, -1, 2};

struct Step {
  Vector x = Vector(block_size * d), noise = Vector(block_size * 4), memory = Vector(block_size * d);
  BlockValues drift, chosen;
  Step() {
    random::normals({.seed = 1}, 0, x);
    random::normals({.seed = 2}, 0, noise);
    random::normals({.seed = 3}, 0, memory);
    for (Index p = 0; p < block_size; ++p) {
      drift[p] = p % 3 == 0 ? 1 : 0;
      chosen[p] = p % 5 == 0 ? 1 : 0;
    }
  }
  [[nodiscard]] Moving moving() const { return {.particles = block_size, .noise = noise.data(), .consensus = c}; }
};

/// The new position of coordinate j of particle p is `formula(D, xi, x, p)` away from c.
template <class Formula>
void expect_step(const Motion& motion, const Step& step, const Moving& by, Formula&& formula) {
  Vector x = step.x;
  move(motion, by, x.data());
  for (Index p = 0; p < block_size; ++p)
    for (Index j = 0; j < d; ++j) {
      const double old = step.x[j * block_size + p];
      double distance = 0;
      for (Index i = 0; i < d; ++i) distance += std::pow(step.x[i * block_size + p] - c[i], 2);
      const double want = c[j] + formula(old - c[j], step.noise[j * block_size + p], std::sqrt(distance), j, p);
      ASSERT_NEAR(x[j * block_size + p], want, 1e-14 * (1 + std::abs(want)));
    }
}

TEST(Motion, StepsAreTheirFormulas) {
  const Step step;
  Motion m{.contraction = 0.1, .s = 0.7};
  expect_step(m, step, step.moving(), [](double D, double xi, double, Index, Index) { return D * 0.9 + 0.7 * D * xi; });
  m.truncation = 0.8;
  expect_step(m, step, step.moving(), [](double D, double xi, double, Index, Index) {
    return D * 0.9 + 0.7 * std::min(std::abs(D), 0.8) * xi;
  });
  m.noise = NoiseKind::isotropic;
  expect_step(m, step, step.moving(),
              [](double D, double xi, double r, Index, Index) { return D * 0.9 + 0.7 * std::min(r, 0.8) * xi; });
  m = {.scheme = Scheme::frozen, .contraction = 0.1, .s = 0.7};
  expect_step(m, step, step.moving(),
              [](double D, double xi, double, Index, Index) { return D * std::exp(-0.1 - 0.245 + 0.7 * xi); });
  m = {.scheme = Scheme::hopping};
  auto by = step.moving();
  by.width = 0.3;
  expect_step(m, step, by, [](double, double xi, double, Index, Index) { return 0.3 * xi; });
}

TEST(Motion, CorrectionMemoryAndBatches) {
  const Step step;
  Motion m{.contraction = 0.1, .s = 0.7, .memory = true, .memory_contraction = 0.04};
  auto by = step.moving();
  by.drift = &step.drift;
  by.memory = step.memory.data();
  by.chosen = &step.chosen;
  expect_step(m, step, by, [&](double D, double xi, double, Index j, Index p) {
    if (p % 5 != 0) return D;  // does not move
    const double keep = p % 3 == 0 ? 0.9 : 1.0;
    return D * keep + 0.7 * D * xi - 0.04 * (D + c[j] - step.memory[j * block_size + p]);
  });
}

/// E log|1 - contraction + s xi|, xi standard normal, by the trapezoidal rule
double rate(double contraction, double s) {
  double sum = 0;
  constexpr int n = 4000000;
  for (int i = 0; i < n; ++i) {
    const double x = -10 + 20 * (i + 0.5) / n;
    sum += std::exp(-x * x / 2) * std::log(std::abs(1 - contraction + s * x));
  }
  return sum * 20 / n / std::sqrt(2 * 3.14159265358979323846);
}

// D_{k+1} = (1 - lambda dt + s xi) D_k: the logarithm is a random walk with this drift (cbo.md, section 1.4).
TEST(Motion, OneCoordinateContractsAtTheLyapunovExponent) {
  const Vector centre(1, 0.0);
  for (const double s : {0.3, 0.7, 1.3, 2.0}) {
    Vector x(block_size, 1.0), noise(block_size * 4);
    constexpr int steps = 400;  // far from underflow: 0.25 * 400 = 100
    double sum = 0, squares = 0;
    constexpr int blocks = 60;
    for (std::uint64_t b = 0; b < blocks; ++b) {
      std::ranges::fill(x, 1.0);
      for (std::uint64_t k = 0; k < steps; ++k) {
        random::Noise({.seed = 5, .iteration = k}).normals(64 * b, 64, 1, 64, noise.data());
        move({.contraction = 0.01, .s = s}, {.particles = 64, .noise = noise.data(), .consensus = centre}, x.data());
      }
      for (const double value : x) {
        const double log = std::log(std::abs(value)) / steps;
        sum += log;
        squares += log * log;
      }
    }
    constexpr double n = 64.0 * blocks;
    const double mean = sum / n;
    const double error = std::sqrt((squares / n - mean * mean) / n);
    EXPECT_NEAR(mean, rate(0.01, s), 5 * error) << "s = " << s;
    EXPECT_LT(error, 2e-3);
    EXPECT_EQ(mean < 0, s < 1.5);
  }
}

}  // namespace
}  // namespace vireo::particles
