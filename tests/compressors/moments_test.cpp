// Every unbiased compressor has the mean and at most the second moment that it declares (5 standard errors); every
// contractive one contracts as declared, on random and adversarial vectors.
#include <gtest/gtest.h>

#include <cmath>

#include "compressors/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

class Unbiased : public ::testing::TestWithParam<std::string> {};

TEST_P(Unbiased, HasTheMeanAndTheSecondMomentItDeclares) {
  const auto Q = test::make(GetParam());
  for (const auto& [name, x] : test::samples()) {
    const Index d = x.size();
    const auto theory = Q->theory(d, 8);
    ASSERT_EQ(theory.kind, CompressorTheory::Kind::unbiased);
    constexpr int draws = 10000;
    Vector mean(d, 0.0), squares(d, 0.0);
    // relative to the largest entry, so that sums of squares neither vanish nor overflow
    const double size = kernels::max_abs(x) > 0 ? kernels::max_abs(x) : 1;
    Vector unit(d);
    for (Index j = 0; j < d; ++j) unit[j] = x[j] / size;
    const double norm = kernels::squared_norm(unit);
    double excess = 0, excess_squares = 0;  // of ||Q(x)||^2 over ||x||^2
    for (int i = 0; i < draws; ++i) {
      Vector y = test::compressed(*Q, x, test::message_of(static_cast<std::uint64_t>(i), d));
      for (double& value : y) value /= size;
      const double difference = kernels::squared_norm(y) - norm;
      excess += difference / draws;
      excess_squares += difference * difference / draws;
      for (Index j = 0; j < d; ++j) {
        mean[j] += y[j];
        squares[j] += y[j] * y[j];
      }
    }
    for (Index j = 0; j < d; ++j) {
      const double average = mean[j] / draws;
      const double variance = std::max(0.0, squares[j] / draws - average * average);
      EXPECT_LE(std::abs(average - unit[j]), 5 * std::sqrt(variance / draws) + 1e-12 * std::abs(unit[j]) +
                                                 // steps are not above the norm: one that is taken with a
                                                 // probability below 12/draws may never be seen
                                                 (variance == 0 ? 12 * kernels::norm(unit) / draws : 0) +
                                                 // no double lies between 0 and this
                                                 5e-324 / size)
          << name << " " << j;
    }
    const double spread = std::sqrt(std::max(0.0, excess_squares - excess * excess) / draws);
    const double bound = (theory.q - 1) * norm;
    EXPECT_LE(excess, bound + 5 * spread + 1e-12 * (norm + bound)) << name;
    if (GetParam().starts_with("randk") && GetParam().find("wire") == std::string::npos &&
        kernels::max_abs(x) > 1e-300) {
      EXPECT_GE(excess, bound - 5 * spread - 1e-12 * (norm + bound)) << name;  // attained
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Compressors, Unbiased, ::testing::ValuesIn(test::unbiased_specs()));

// sum_m Q_m(x_m) / M for the M workers of one round
TEST(PermK, TheMeanOfTheWorkersHasTheSecondMomentOfAPartition) {
  const auto Q = test::make("permk");
  for (const auto& [d, M] : {std::pair<Index, Index>{60, 8}, {7, 3}, {3, 8}, {1, 4}, {64, 64}}) {
    std::vector<Vector> x(M, Vector(d));
    double expected = 0;
    for (Index m = 0; m < M; ++m) {
      random::normals({.seed = 5, .worker = m}, 0, x[m]);
      expected += kernels::squared_norm(x[m]) / static_cast<double>(M);
    }
    constexpr int rounds = 20000;
    double second = 0, squares = 0;
    Vector total(d, 0.0);
    for (int i = 0; i < rounds; ++i) {
      Vector mean(d, 0.0);
      std::vector<int> senders(d, 0);
      for (Index m = 0; m < M; ++m) {
        const auto message = test::message_of(static_cast<std::uint64_t>(i), d, m, M);
        std::vector<random::Offset> support;
        Q->support(message, {0, d}, support);
        for (const auto j : support) {
          ++senders[j];
          mean[j] += x[m][j];  // M x_j / M
        }
      }
      for (const int count : senders) ASSERT_EQ(count, 1);
      kernels::axpy(1.0 / rounds, mean, total);
      const double norm = kernels::squared_norm(mean);
      second += norm / rounds;
      squares += norm * norm / rounds;
    }
    const double error = std::sqrt((squares - second * second) / rounds);
    EXPECT_NEAR(second, expected, 5 * error + 1e-12) << d << " " << M;
    for (Index j = 0; j < d; ++j) {
      double mean = 0, spread = 0;
      for (Index m = 0; m < M; ++m) mean += x[m][j] / static_cast<double>(M);
      for (Index m = 0; m < M; ++m) spread += (x[m][j] - mean) * (x[m][j] - mean) / static_cast<double>(M);
      EXPECT_NEAR(total[j], mean, 5 * std::sqrt(spread / rounds) + 1e-12) << d << " " << M;
    }
  }
}

class Contractive : public ::testing::TestWithParam<std::string> {};

TEST_P(Contractive, ContractsAsDeclared) {
  const auto C = test::make(GetParam());
  const auto check = [&](ConstView x, const std::string& what) {
    const auto theory = C->theory(x.size(), 8);
    ASSERT_EQ(theory.kind, CompressorTheory::Kind::contractive);
    const Vector y = test::compressed(*C, x, test::message_of(0, x.size()));
    const double largest = std::max(kernels::max_abs(x), 1e-300);
    Vector unit(x.begin(), x.end()), error(x.size());
    for (Index j = 0; j < x.size(); ++j) {
      unit[j] = x[j] / largest;
      error[j] = y[j] / largest - unit[j];
    }
    const double norm = kernels::squared_norm(unit);
    EXPECT_LE(kernels::squared_norm(error), (1 - 1 / theory.delta) * norm + 1e-12 * norm) << what;
    if (GetParam().starts_with("topk") && GetParam().find("wire") == std::string::npos) {
      EXPECT_LE(kernels::squared_norm(y), kernels::squared_norm(x)) << what;
    }
  };
  for (const auto& [name, x] : test::samples()) check(x, name);
  for (std::uint64_t i = 0; i < 10000; ++i) {
    Vector x(1 + i % 50);
    random::normals({.seed = 11, .iteration = i}, 0, x);
    check(x, std::to_string(i));
  }
  check(Vector(33, 1.0), "equal entries");
  Vector spike(50, 0.0);
  spike[49] = 1;
  check(spike, "one entry");
  Vector halves(16);
  for (Index j = 0; j < halves.size(); ++j) halves[j] = std::ldexp(j % 2 == 0 ? 1.0 : -1.0, -static_cast<int>(j));
  check(halves, "powers of two");
}

INSTANTIATE_TEST_SUITE_P(Compressors, Contractive, ::testing::ValuesIn(test::contractive_specs()));

}  // namespace
}  // namespace vireo
