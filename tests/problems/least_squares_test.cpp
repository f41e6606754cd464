// Pins least-squares: the gradient of its loss on data of a file, forms that agree bit for bit, constants of the dense
// matrix, and generated rows as in the reference program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "problems/dense.hpp"
#include "problems/logistic_data.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

Eigen::MatrixXd matrix_of(const GeneratedData& data) {
  Eigen::MatrixXd A(static_cast<Eigen::Index>(data.rows.size()), static_cast<Eigen::Index>(data.rows[0].size()));
  for (std::size_t i = 0; i < data.rows.size(); ++i) A.row(static_cast<Eigen::Index>(i)) = eigen(data.rows[i]);
  return A;
}

TEST(LeastSquares, IsTheGradientOfItsLoss) {
  const auto data = generate(40, 6, 0.6);
  const auto A = matrix_of(data);
  const auto b = Eigen::Map<const Eigen::VectorXd>(data.labels.data(), 40);
  for (const Index workers : std::vector<Index>{1, 7, 40})
    with_problem("least-squares:lambda=0.3", workers, data.text, [&](const Problem& problem, Exchange& exchange) {
      ASSERT_EQ(problem.dimension(), 6U);
      ASSERT_EQ(problem.components(), 40U);
      const Vector x = random_point(6, 5);
      const Eigen::VectorXd expected = A.transpose() * (A * eigen(x) - b) / 40 + 0.3 * eigen(x);
      EXPECT_LT((eigen(mean_of(problem, exchange, x)) - expected).norm(), 1e-13 * expected.norm());
    });
}

// By hand: a = (2, -1), b = 3, x = (1, 1): residual -2.
TEST(LeastSquares, MatchesAHandCheckedCase) {
  with_problem("least-squares:lambda=10", 1, "3 1:2 2:-1\n", [](const Problem& problem, Exchange&) {
    Vector F(2);
    problem.shard(0).mean(Vector{1, 1}, F);
    EXPECT_THAT(F, ::testing::ElementsAre(-4 + 10, 2 + 10));
  });
}

TEST(LeastSquares, FormsAndConstantsAreThoseOfTheMatrices) {
  const auto data = generate(30, 6, 0.6);
  const ScratchFile file(data.text);
  on_simulated(1, [&](Communicator& comm) {
    for (const char* lambda : {"0", "0.3"}) {
      Assembly run(comm, std::string("least-squares:lambda=") + lambda, "extragradient", "none", "none", 1, 4,
                   file.path());
      expect_shards_agree(run, std::vector<double>(30, 1.0 / 30));
      expect_constants_of_the_matrix(run);
      std::vector<Vector> points;
      for (std::uint64_t i = 0; i < 20; ++i) points.push_back(random_point(6, i));
      expect_constants_bind(*run.problem->operators(), *run.exchange, run.constants, points);
    }
  });
}

TEST(LeastSquares, PairsHaveTheBitsOfSingles) {
  for (const auto& data : {generate(500, 20, 0.6), generate(30, 400, 0.02)})
    for (const Index workers : std::vector<Index>{1, 4})
      with_problem("least-squares:lambda=0.1", workers, data.text, [&](const Problem& problem, Exchange&) {
        for (Index m = 0; m < workers; ++m)
          expect_consistent_forms(problem.shard(m), problem.dimension(), problem.components());
      });
}

// Fewer rows than features: mu = 0, neither below it nor above by rounding, and the gradient stays cocoercive.
TEST(LeastSquares, KnowsThatItIsMerelyMonotoneWhenRowsAreFew) {
  const ScratchFile file(generate(10, 40, 0.8).text);
  on_simulated(2, [&](Communicator& comm) {
    Assembly run(comm, "least-squares", "extragradient", "none", "none", 1, 3, file.path());
    EXPECT_LE(run.constants.mu->value, 1e-8 * run.constants.L->value);
    EXPECT_GE(run.constants.mu->value, 0);
    EXPECT_EQ(run.constants.cocoercivity->value, run.constants.L->value);
  });
}

TEST(LeastSquares, DoesNotDependOnTheSplit) {
  expect_independent_of_workers("least-squares:lambda=0.02", generate(101, 12, 0.4).text);
}

TEST(LeastSquares, BitsDoNotDependOnTheRanks) {
  expect_same_bits_on_any_ranks("least-squares:rows=50,features=9,lambda=0.1");
  const ScratchFile file(generate(60, 9, 0.5).text);
  expect_same_bits_on_any_ranks("least-squares", file.path());
}

TEST(LeastSquares, GeneratedRowsHaveLengthOneAndTheLabelsFit) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "least-squares:rows=30,features=7,noise=0", "extragradient", "none", "none", 1, 4);
    for (const auto& component : estimates(run)) {
      EXPECT_NEAR(component.J.trace(), 1, 1e-13);  // ||a_i||^2
      EXPECT_LT((component.J * component.J - component.J).norm(), 1e-13);
    }
    ASSERT_TRUE(run.solution);
    EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-15);
    expect_constants_of_the_matrix(run);
  });
}

// halpern.md section 4: L = 1 and L_F = .63 for 60 features with decay 1.5
TEST(LeastSquares, HasTheSizesOfTheReferenceProgram) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "least-squares:rows=10000", "extragradient");
    EXPECT_EQ(run.problem->dimension(), 60U);
    EXPECT_NEAR(run.constants.cocoercivity_component->value, 1, 1e-12);
    EXPECT_NEAR(run.constants.L->value, 0.63, 0.02);
    EXPECT_FALSE(run.solution);
  });
}

TEST(LeastSquares, RefusesTwoSourcesOrNone) {
  const ScratchFile file("1 1:2\n");
  EXPECT_THAT(failure_of<UsageError>("least-squares"), HasSubstr("give --data FILE, or rows=N"));
  EXPECT_THAT(failure_of<UsageError>("least-squares:rows=5", file.path()), HasSubstr("give one of the two"));
  EXPECT_THAT(failure_of<DataError>("least-squares", "/nowhere"), HasSubstr("/nowhere"));
  EXPECT_THAT(failure_of<UsageError>("least-squares:rows=3", "", 1, 4), HasSubstr("only 3 rows"));
}

}  // namespace
}  // namespace vireo::test
