// The logistic gradient against its loss, its forms against each other, its constants against random pairs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "problems/logistic_data.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using namespace test;
using ::testing::HasSubstr;

double loss(const GeneratedData& data, double lambda, ConstView w) {
  double sum = 0;
  for (Index i = 0; i < data.rows.size(); ++i) {
    const double y = data.labels[i] == 2 ? 1 : -1;
    sum += std::log1p(std::exp(-y * kernels::dot(data.rows[i], w)));
  }
  return sum / static_cast<double>(data.rows.size()) + lambda / 2 * kernels::squared_norm(w);
}

TEST(Logistic, IsTheGradientOfTheLoss) {
  const auto data = generate(40, 7, 0.5);
  with_problem("logistic:lambda=0.3", 5, data.text, [&](const Problem& problem, Exchange& exchange) {
    ASSERT_EQ(problem.dimension(), 7U);
    ASSERT_EQ(problem.components(), 40U);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Vector w = random_point(7, seed);
      const Vector F = mean_of(problem, exchange, w);
      for (Index j = 0; j < 7; ++j) {
        constexpr double h = 1e-5;
        const double at = w[j];
        w[j] = at + h;
        const double right = loss(data, 0.3, w);
        w[j] = at - h;
        const double left = loss(data, 0.3, w);
        w[j] = at;
        EXPECT_NEAR(F[j], (right - left) / (2 * h), 1e-9);
      }
    }
  });
}

// By hand: one row a = (2, -1), y = +1 and one row a = (0, 3), y = -1.
TEST(Logistic, MatchesAHandCheckedCase) {
  with_problem("logistic:lambda=0.5", 2, "1 1:2 2:-1\n0 2:3\n", [](const Problem& problem, Exchange&) {
    const Vector w{0.25, 0.5};  // a'w = 0, 1.5
    Vector F(2);
    problem.shard(0).mean(w, F);
    EXPECT_NEAR(F[0], -0.5 * 2 + 0.5 * 0.25, 1e-15);
    EXPECT_NEAR(F[1], 0.5 * 1 + 0.5 * 0.5, 1e-15);
    problem.shard(1).mean(w, F);
    EXPECT_NEAR(F[0], 0.5 * 0.25, 1e-15);
    EXPECT_NEAR(F[1], 3 / (1 + std::exp(-1.5)) + 0.5 * 0.5, 1e-15);
  });
}

// Many rows of few features, and few rows of many: the pair form has a way of its own for each.
TEST(Logistic, PairsHaveTheBitsOfSingles) {
  for (const auto& data : {generate(500, 20, 0.6), generate(30, 400, 0.02)})
    for (const Index workers : std::vector<Index>{1, 4})
      with_problem("logistic", workers, data.text, [&](const Problem& problem, Exchange&) {
        for (Index m = 0; m < workers; ++m)
          expect_consistent_forms(problem.shard(m), problem.dimension(), problem.components());
      });
}

TEST(Logistic, DoesNotDependOnTheSplit) {
  expect_independent_of_workers("logistic:lambda=0.02", generate(101, 12, 0.4).text);
}

TEST(Logistic, ConstantsBind) {
  const auto data = generate(60, 9, 0.5);
  for (const auto* lambda : {"0", "0.01", "3"})
    with_problem(
        std::string("logistic:lambda=") + lambda, 7, data.text, [&](const Problem& problem, Exchange& exchange) {
          std::vector<Vector> points;
          for (std::uint64_t seed = 0; seed < 40; ++seed)  // small ones: there the second derivative is near its bound
            points.push_back(random_point(9, seed, seed < 20 ? 1.0 : 1e-3));
          expect_constants_bind(problem, exchange, points);
          EXPECT_EQ(problem.constants(exchange).mu->value, parse_real("lambda", lambda));
          EXPECT_EQ(problem.constants(exchange).L->origin, Origin::bounded);
        });
}

// One row: lambda_max(A'A) = |a|^2, and at w = 0 the bounds are attained along a.
TEST(Logistic, ConstantsAreSharpForOneDirection) {
  with_problem("logistic:lambda=0.5", 1, "1 1:3 2:4\n-1 1:3 2:4\n", [](const Problem& problem, Exchange& exchange) {
    const Constants constants = problem.constants(exchange);
    EXPECT_NEAR(constants.L->value, 25.0 / 4 + 0.5, 1e-6);
    EXPECT_NEAR(constants.L_tilde->value, 25.0 / 4 + 0.5, 1e-6);
    EXPECT_NEAR(constants.L_component->value, 25.0 / 4 + 0.5, 1e-6);
  });
}

TEST(Logistic, ConstantsAreTheSameForAnyNumberOfRanks) {
  expect_same_constants_on_any_ranks("logistic", 8, generate(60, 9, 0.5).text);
}

TEST(Logistic, TakesTwoLabelsOfAnyValue) {
  for (const auto* text : {"1 1:1\n-1 1:2\n", "2 1:1\n1 1:2\n", "0 1:1\n-0.5 1:2\n", "-3 1:1\n-7 1:2\n"})
    with_problem("logistic:lambda=0", 2, text, [](const Problem& problem, Exchange&) {
      Vector F(1);
      problem.shard(0).mean(Vector{0.0}, F);
      EXPECT_EQ(F[0], -0.5);
      problem.shard(1).mean(Vector{0.0}, F);
      EXPECT_EQ(F[0], 1.0);
    });
}

TEST(Logistic, NamesTheLabelsThatAreNotTwo) {
  for (const int ranks : {1, 2, 3}) {
    EXPECT_THAT(error_of_making<DataError>("logistic", 2, "3 1:1\n3 1:2\n", ranks),
                HasSubstr("logistic needs two distinct labels; found 3"));
    EXPECT_THAT(error_of_making<DataError>("logistic", 2, "3 1:1\n1 1:2\n2 1:1\n", ranks),
                HasSubstr("logistic needs two distinct labels; found 1, 2, 3"));
    EXPECT_THAT(error_of_making<DataError>("logistic", 2, "9 1:1\n1 1:2\n5 1:1\n2 1:1\n4 1:1\n3 1:1\n", ranks),
                HasSubstr("logistic needs two distinct labels; found 1, 2, 3, 4, ..."));
  }
}

TEST(Logistic, FeaturesMayBeMoreThanFoundButNotFewer) {
  with_problem("logistic:features=5", 1, "1 1:1 3:1\n-1 2:2\n", [](const Problem& problem, Exchange& exchange) {
    EXPECT_EQ(problem.dimension(), 5U);
    EXPECT_EQ(problem.blocks().back().range.end, 5U);
    EXPECT_EQ(mean_of(problem, exchange, Vector(5, 0.0))[4], 0.0);
    EXPECT_GT(problem.memory_bytes(), 0U);
  });
  EXPECT_THAT(error_of_making<DataError>("logistic:features=2", 1, "1 1:1 3:1\n-1 2:2\n"),
              HasSubstr(": has index 3, but features=2"));
  EXPECT_THAT(error_of_making<DataError>("logistic", 1, "1\n-1\n"), HasSubstr("rows have no entries"));
  EXPECT_THAT(error_of_making<UsageError>("logistic", 3, "1 1:1 3:1\n-1 2:2\n"), HasSubstr("3 workers"));
}

TEST(Logistic, FingerprintNamesTheData) {
  const std::string text = "1 1:1 3:1\n-1 2:2\n";
  std::string reference;
  for (const int ranks : {1, 2, 3})
    with_problem(
        "logistic", 2, text,
        [&](const Problem& problem, Exchange& exchange) {
          EXPECT_THAT(problem.fingerprint(), HasSubstr("bytes=17 rows=2 features=3 nonzeros=3 digest="));
          if (exchange.communicator().size() == 1) reference = problem.fingerprint();
          EXPECT_EQ(problem.fingerprint(), reference);
        },
        ranks);
}

TEST(Logistic, RealData) {
  const auto path = data_set("w8a");
  if (!path) GTEST_SKIP() << "w8a is not here; set VIREO_DATA to its folder";
  on_simulated(2, [&](Communicator& comm) {
    const auto problem = make_problem(comm, "logistic", 16, *path);
    Exchange exchange(comm, problem->layout(), problem->dimension(), 0);
    EXPECT_EQ(problem->components(), 49749U);
    const Constants constants = problem->operators()->constants(exchange);
    EXPECT_GT(constants.L->value, 0.01);
    EXPECT_LE(constants.L->value, constants.L_tilde->value * (1 + 1e-6));
    const Range mine = exchange.workers();
    for (Index m = mine.begin; m < mine.end; ++m)
      expect_consistent_forms(problem->operators()->shard(m), problem->dimension(), problem->components());
  });
}

}  // namespace
}  // namespace vireo
