// The robust-regression operator against its saddle function, its forms against each other, its constants and its
// monotonicity against random pairs in the set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "problems/logistic_data.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

double value(const GeneratedData& data, double lambda, double beta, ConstView z) {
  const Index p = z.size() / 2;
  const ConstView w = z.first(p);
  const ConstView r = z.last(p);
  double sum = 0;
  for (Index i = 0; i < data.rows.size(); ++i) {
    const double residual = kernels::dot(w, data.rows[i]) + kernels::dot(w, r) - data.labels[i];
    sum += residual * residual / 2;
  }
  return sum / static_cast<double>(data.rows.size()) + lambda / 2 * kernels::squared_norm(w) -
         beta / 2 * kernels::squared_norm(r);
}

// In the set, half of them on its boundary.
std::vector<Vector> points_in_set(const Problem& problem, int count, double scale) {
  const auto balls = problem.own_regularizers();
  const auto blocks = problem.blocks();
  std::vector<Vector> points;
  for (int i = 0; i < count; ++i) {
    Vector z = random_point(problem.dimension(), 100 + static_cast<std::uint64_t>(i), i % 2 == 0 ? 10.0 : scale);
    for (std::size_t b = 0; b < blocks.size(); ++b)
      balls[b]->prox(1.0, View(z).subspan(blocks[b].range.begin, blocks[b].range.size()));
    points.push_back(std::move(z));
  }
  return points;
}

TEST(RobustRegression, IsTheGradientInWAndMinusTheGradientInR) {
  const auto data = generate(40, 6, 0.5);
  with_problem("robust-regression:lambda=0.3,beta=1.5", 5, data.text, [&](const Problem& problem, Exchange& exchange) {
    ASSERT_EQ(problem.dimension(), 12U);
    ASSERT_EQ(problem.components(), 40U);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Vector z = random_point(12, seed, 0.5);
      const Vector F = mean_of(problem, exchange, z);
      for (Index j = 0; j < 12; ++j) {
        constexpr double h = 1e-4;
        const double at = z[j];
        z[j] = at + h;
        const double right = value(data, 0.3, 1.5, z);
        z[j] = at - h;
        const double left = value(data, 0.3, 1.5, z);
        z[j] = at;
        EXPECT_NEAR(F[j], (j < 6 ? 1 : -1) * (right - left) / (2 * h), 1e-7);
      }
    }
  });
}

// By hand: a = (2, 0), b = 3, w = (1, -1), r = (0.5, 0.5): e = 2.5 - 0.5 - 3 = -1.
TEST(RobustRegression, MatchesAHandCheckedCase) {
  with_problem("robust-regression:lambda=10,beta=4", 1, "3 1:2 2:0\n", [](const Problem& problem, Exchange&) {
    const Vector z{1, -1, 0.5, 0.5};
    Vector F(4);
    problem.shard(0).mean(z, F);
    EXPECT_THAT(F, ElementsAre(-2.5 + 10, -0.5 - 10, 1 + 2, -1 + 2));
  });
}

TEST(RobustRegression, HasBallsOfItsOwn) {
  with_problem("robust-regression:radius_w=3,radius_r=0.2", 1, "3 1:2 2:1\n", [](const Problem& problem, Exchange&) {
    const auto blocks = problem.blocks();
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0].name, "w");
    EXPECT_EQ(blocks[0].range, (Range{0, 2}));
    EXPECT_EQ(blocks[1].name, "r");
    EXPECT_EQ(blocks[1].range, (Range{2, 4}));
    const auto balls = problem.own_regularizers();
    ASSERT_EQ(balls.size(), 2U);
    Vector x{30, 40};
    balls[0]->prox(1, x);
    EXPECT_NEAR(kernels::norm(x), 3, 1e-15);
    balls[1]->prox(1, x);
    EXPECT_NEAR(kernels::norm(x), 0.2, 1e-15);
  });
}

TEST(RobustRegression, PairsHaveTheBitsOfSingles) {
  for (const auto& data : {generate(500, 20, 0.6), generate(30, 400, 0.02)})
    for (const Index workers : std::vector<Index>{1, 4})
      with_problem("robust-regression", workers, data.text, [&](const Problem& problem, Exchange&) {
        for (Index m = 0; m < workers; ++m)
          expect_consistent_forms(problem.shard(m), problem.dimension(), problem.components());
      });
}

TEST(RobustRegression, DoesNotDependOnTheSplit) {
  expect_independent_of_workers("robust-regression:lambda=0.02", generate(101, 12, 0.4).text);
}

TEST(RobustRegression, ConstantsBindOnTheSet) {
  const auto data = generate(60, 9, 0.5);
  for (const auto* spec :
       {"robust-regression", "robust-regression:radius_w=2,radius_r=3,beta=4,lambda=0",
        "robust-regression:radius_w=2,beta=0.5", "robust-regression:radius_w=0.1,radius_r=5,beta=0.02"})
    with_problem(spec, 7, data.text, [&](const Problem& problem, Exchange& exchange) {
      SCOPED_TRACE(spec);
      expect_constants_bind(problem, exchange, points_in_set(problem, 40, 0.1));
    });
}

TEST(RobustRegression, ConstantsAreTheSameForAnyNumberOfRanks) {
  expect_same_constants_on_any_ranks("robust-regression", 8, generate(60, 9, 0.5).text);
}

// beta = R_w^2 is just monotone; the data make the coupling strong.
TEST(RobustRegression, IsMonotoneOnTheSetIfBetaIsLargeEnough) {
  const auto data = generate(60, 5, 0.5);
  with_problem("robust-regression:radius_w=2,radius_r=1,beta=4,lambda=0", 4, data.text,
               [&](const Problem& problem, Exchange& exchange) {
                 EXPECT_EQ(problem.constants(exchange).mu->value, 0);
                 ASSERT_EQ(problem.remarks().size(), 1U);
                 EXPECT_EQ(problem.remarks()[0], "monotone on the set: beta = 4 >= radius_w^2 = 4");
                 const auto points = points_in_set(problem, 60, 0.3);
                 for (const auto& u : points)
                   for (const auto& v : points) {
                     Vector step(u.size()), change(u.size());
                     kernels::subtract(u, v, step);
                     kernels::subtract(mean_of(problem, exchange, u), mean_of(problem, exchange, v), change);
                     EXPECT_GE(kernels::dot(change, step), -1e-12);
                   }
               });
}

// Below that, along r = t w the term in -grad_r f decreases where |w| = R_w.
TEST(RobustRegression, SaysIfItIsNotMonotone) {
  with_problem("robust-regression:radius_w=2,radius_r=1,beta=1,lambda=0", 1, "0 1:1\n0 1:-1\n",
               [&](const Problem& problem, Exchange& exchange) {
                 EXPECT_FALSE(problem.constants(exchange).mu);
                 ASSERT_EQ(problem.remarks().size(), 1U);
                 EXPECT_EQ(problem.remarks()[0],
                           "not monotone on the set: beta = 1 < radius_w^2 = 4; no theory of the methods applies");
                 const Vector u{2, 0.5}, v{2, -0.5};
                 Vector step(2), change(2);
                 kernels::subtract(u, v, step);
                 kernels::subtract(mean_of(problem, exchange, u), mean_of(problem, exchange, v), change);
                 EXPECT_LT(kernels::dot(change, step), 0);
               });
}

TEST(RobustRegression, StrongMonotonicityIsTheSmallerModulus) {
  const auto data = generate(20, 5, 0.5);
  with_problem("robust-regression", 4, data.text, [](const Problem& problem, Exchange& exchange) {
    EXPECT_EQ(problem.constants(exchange).mu->value, 0.1);
  });
  with_problem("robust-regression:lambda=7,beta=1.5", 4, data.text, [](const Problem& problem, Exchange& exchange) {
    EXPECT_EQ(problem.constants(exchange).mu->value, 0.5);
  });
}

TEST(RobustRegression, RealData) {
  const auto path = data_set("heart_scale");
  if (!path) GTEST_SKIP() << "heart_scale is not here; set VIREO_DATA to its folder";
  on_simulated(1, [&](Communicator& comm) {
    const auto problem = make_problem(comm, "robust-regression", 16, *path);
    Exchange exchange(comm, problem->layout(), problem->dimension(), 0);
    EXPECT_EQ(problem->components(), 270U);
    EXPECT_EQ(problem->dimension(), 26U);
    const auto& operators = *problem->operators();
    expect_constants_bind(operators, exchange, points_in_set(operators, 10, 0.1));
  });
}

}  // namespace
}  // namespace vireo
