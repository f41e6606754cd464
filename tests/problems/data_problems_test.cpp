// Pins the data problems: the operator is the gradient of the loss it says, whatever the workers, and the bounds bound.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>

#include "linalg/sigmoid.hpp"
#include "support/assembly.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

constexpr Index rows = 40;
constexpr Index features = 6;

/// Dense random rows as LIBSVM text; a_ij and labels are kept for the loss written out here.
struct Data {
  Data() : a(rows * features), label(rows) {
    random::normals({.seed = 6, .purpose = random::Purpose::problem}, 0, a);
    path = ::testing::TempDir() + "vireo_data_problems_test.libsvm";
    std::ofstream out(path);
    out.precision(17);
    for (Index i = 0; i < rows; ++i) {
      label[i] = i % 3 == 0 ? 1 : -1;
      out << (label[i] > 0 ? "+1" : "-1");
      for (Index j = 0; j < features; ++j) out << ' ' << j + 1 << ':' << a[i * features + j];
      out << '\n';
    }
  }
  Vector a, label;
  std::string path;
};

const Data& data() {
  static const Data instance;
  return instance;
}

double logistic_loss(const Vector& w, double lambda) {
  double loss = 0;
  for (Index i = 0; i < rows; ++i) {
    double margin = 0;
    for (Index j = 0; j < features; ++j) margin += data().a[i * features + j] * w[j];
    loss += std::log1p(std::exp(-data().label[i] * margin)) / rows;
  }
  return loss + lambda / 2 * kernels::squared_norm(w);
}

/// z = (w, r)
double robust_loss(const Vector& z, double lambda, double beta) {
  double loss = 0;
  for (Index i = 0; i < rows; ++i) {
    double e = -data().label[i];
    for (Index j = 0; j < features; ++j) e += (data().a[i * features + j] + z[features + j]) * z[j];
    loss += e * e / 2 / rows;
  }
  return loss + lambda / 2 * kernels::squared_norm(ConstView(z).first(features)) -
         beta / 2 * kernels::squared_norm(ConstView(z).subspan(features));
}

template <class Loss>
Vector finite_differences(const Vector& z, Loss loss) {
  Vector gradient(z.size());
  for (Index j = 0; j < z.size(); ++j) {
    Vector up = z, down = z;
    up[j] += 1e-5;
    down[j] -= 1e-5;
    gradient[j] = (loss(up) - loss(down)) / 2e-5;
  }
  return gradient;
}

Vector point(Index d, std::uint64_t stream, double size) {
  Vector z(d);
  random::normals({.seed = 7, .purpose = random::Purpose::problem, .iteration = stream}, 0, z);
  kernels::scale(size, z);
  return z;
}

TEST(Logistic, IsTheGradientOfItsLossForAnyWorkersAndPartition) {
  test::on_simulated(2, [](Communicator& comm) {
    const Vector w = point(features, 1, 0.5);
    const Vector expected = finite_differences(w, [](const Vector& at) { return logistic_loss(at, 0.03); });
    for (const char* partition : {"contiguous", "shuffled"})
      for (const Index M : {1U, 7U, 40U}) {
        test::Assembly run(comm, std::string("logistic:lambda=0.03,partition=") + partition, "extragradient", "none",
                           "none", 1, M, data().path);
        EXPECT_LT(std::sqrt(kernels::squared_distance(run.F(w), expected)), 1e-8) << M << partition;
      }
  });
}

TEST(RobustRegression, IsTheOperatorOfItsSaddleFunction) {
  test::on_simulated(2, [](Communicator& comm) {
    const Vector z = point(2 * features, 2, 0.2);
    Vector expected = finite_differences(z, [](const Vector& at) { return robust_loss(at, 0.1, 2); });
    for (Index j = features; j < 2 * features; ++j) expected[j] = -expected[j];
    for (const Index M : {1U, 7U, 40U}) {
      test::Assembly run(comm, "robust-regression", "extragradient", "none", "none", 1, M, data().path);
      EXPECT_LT(std::sqrt(kernels::squared_distance(run.F(z), expected)), 1e-8) << M;
    }
  });
}

TEST(DataProblems, PairsAreTwoSinglesBitForBitAndAllRowsAreTheMean) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const char* problem : {"logistic", "robust-regression"}) {
      test::Assembly run(comm, problem, "extragradient", "none", "none", 1, 3, data().path);
      const Index d = run.problem->dimension();
      const Vector u = point(d, 3, 0.3), v = point(d, 4, 0.3);
      Vector mean_u(d), mean_v(d), pair_u(d), pair_v(d), batch(d);
      const auto& shard = run.problem->operators()->shard(1);
      shard.mean(u, mean_u);
      shard.mean(v, mean_v);
      shard.mean_pair(u, v, pair_u, pair_v);
      EXPECT_EQ(pair_u, mean_u) << problem;
      EXPECT_EQ(pair_v, mean_v) << problem;
      std::vector<Index> all(shard.components());
      std::iota(all.begin(), all.end(), Index{0});
      shard.batch_mean(all, u, batch);
      kernels::scale(3.0 / rows * static_cast<double>(all.size()), batch);
      EXPECT_LT(std::sqrt(kernels::squared_distance(batch, mean_u)), 1e-13 * kernels::norm(mean_u)) << problem;
      const std::vector<Index> some{0, 5, 5, 9};
      shard.batch_mean_pair(some, u, v, pair_u, pair_v);
      shard.batch_mean(some, u, mean_u);
      shard.batch_mean(some, v, mean_v);
      EXPECT_EQ(pair_u, mean_u) << problem;
      EXPECT_EQ(pair_v, mean_v) << problem;
    }
  });
}

TEST(DataProblems, TheBoundsBoundOnTheSet) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const char* problem : {"logistic", "robust-regression"}) {
      test::Assembly run(comm, problem, "extragradient", "none", "none", 1, 5, data().path);
      const Index d = run.problem->dimension();
      for (std::uint64_t i = 0; i < 200; ++i) {
        Vector u = point(d, 100 + i, 1), v = point(d, 500 + i, 1);
        run.regularizer->prox(1.0, u);
        run.regularizer->prox(1.0, v);
        const Vector F_u = run.F(u), F_v = run.F(v);
        Vector difference(d), step(d);
        kernels::subtract(F_u, F_v, difference);
        kernels::subtract(u, v, step);
        const double distance = kernels::norm(step);
        EXPECT_LE(kernels::norm(difference), run.constants.L->value * distance) << problem;
        EXPECT_GE(kernels::dot(difference, step), run.constants.mu->value * distance * distance * (1 - 1e-12))
            << problem;
      }
    }
  });
}

TEST(Sigmoid, IsAccurateToItsDeclaredUlps) {
  Vector x;
  for (double value = -700; value <= 700; value += 0.173) x.push_back(value);
  for (double value = -3; value <= 3; value += 0.00131) x.push_back(value);
  Vector y = x;
  linalg::sigmoid(y);
  for (Index i = 0; i < x.size(); ++i) {
    const long double exact = 1 / (1 + std::exp(-static_cast<long double>(x[i])));
    const auto nearest = static_cast<double>(exact);
    const double ulp = std::nextafter(nearest, 2.0) - nearest;
    EXPECT_LE(std::abs(static_cast<double>(y[i] - exact)), 2.5 * ulp) << x[i];
  }
}

}  // namespace
}  // namespace vireo
