// Pins rotations: every component is half of identity minus a rotation, hence cocoercive with constant 1 and equality;
// the known solution; constants of the dense matrix; and the sizes that the reference program finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "problems/dense.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

const std::string small = "rotations:dimension=12,components=14,spread=0.7";

TEST(Rotations, ComponentsAreHalfOfIdentityMinusARotation) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, small, "extragradient", "none", "none", 1, 3);
    const auto E = estimates(run);
    const auto identity = Eigen::MatrixXd::Identity(12, 12);
    double least = 1;
    for (const auto& component : E) {
      const Eigen::MatrixXd R = identity - 2 * component.J;
      EXPECT_LT((gram(R) - identity).norm(), 1e-14);
      for (Eigen::Index c = 0; c < 12; c += 2) {
        EXPECT_NEAR(R(c, c) * R(c + 1, c + 1) - R(c, c + 1) * R(c + 1, c), 1, 1e-14);
        EXPECT_GE(R(c + 1, c), 0);  // angles from 0 to pi
        least = std::min(least, std::atan2(R(c + 1, c), R(c, c)));
      }
      EXPECT_LT((component.c - E[0].c).norm(), 1e-15);
    }
    EXPECT_GT(least, 1e-5);
    EXPECT_LT(least, 1e-2);
  });
}

// In two dimensions with spread 0 all is known: F(z) = (z - R z)/2 + q with one angle.
TEST(Rotations, MatchesTheFormulaInThePlane) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "rotations:dimension=2,components=3,spread=0,smallest=0.3,largest=0.3", "extragradient", "none",
                 "none", 1, 2);
    const Vector& s = *run.solution;
    const Vector z{1.5, -0.25};
    const double x = z[0] - s[0], y = z[1] - s[1];
    const Vector F = run.F(z);
    EXPECT_NEAR(F[0], (x - (std::cos(0.3) * x - std::sin(0.3) * y)) / 2, 1e-15);
    EXPECT_NEAR(F[1], (y - (std::sin(0.3) * x + std::cos(0.3) * y)) / 2, 1e-15);
  });
}

TEST(Rotations, ComponentsAreCocoerciveWithEquality) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, small, "extragradient", "none", "none", 1, 3);
    const auto E = estimates(run);
    const auto F = mean_operator(run);
    EXPECT_GT((F.J - F.J.transpose()).norm(), 0.1);  // the gradient of nothing
    for (std::uint64_t i = 0; i < 20; ++i) {
      const auto step = eigen(normal(12, i));
      double squares = 0;
      for (const auto& component : E) squares += (component.J * step).squaredNorm() / static_cast<double>(E.size());
      EXPECT_NEAR(step.dot(F.J * step), squares, 1e-13 * squares);
    }
    EXPECT_EQ(run.constants.cocoercivity_component->value, 1);
    EXPECT_EQ(run.constants.cocoercivity_component->origin, Origin::computed);
  });
}

TEST(Rotations, FVanishesAtTheKnownSolutionForAnyWorkersAndRanks) {
  for (const int ranks : {1, 3})
    on_simulated(ranks, [](Communicator& comm) {
      for (const Index M : std::vector<Index>{1, 5, 14}) {
        Assembly run(comm, small, "extragradient", "none", "none", 1, M);
        EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-15 * 12);
        Assembly one(comm, small, "extragradient", "none", "none", 1, 1);
        EXPECT_LT(distance(run.F(normal(12, 1)), one.F(normal(12, 1))), 1e-14);
        EXPECT_GT(kernels::norm(run.F(normal(12, 1))), 0.1);
      }
    });
}

TEST(Rotations, FormsAndConstantsAreThoseOfTheMatrices) {
  on_simulated(1, [](Communicator& comm) {
    for (const Index M : std::vector<Index>{1, 5, 14}) {
      Assembly run(comm, small, "extragradient", "none", "none", 1, M);
      expect_pairs_are_two_singles(*run.problem->operators());
      expect_shards_agree(run, std::vector<double>(14, 1.0 / 14));
      expect_constants_of_the_matrix(run);
      // no smaller cocoercivity constant holds
      const auto F = mean_operator(run);
      const double ell = 0.99 * run.constants.cocoercivity->value;
      EXPECT_LT(eigenvalues((F.J + F.J.transpose()) / 2 - gram(F.J) / ell)(0), 0);
    }
  });
}

TEST(Rotations, BitsDoNotDependOnTheRanks) { expect_same_bits_on_any_ranks(small); }

// halpern.md section 4, 40 rotations: L_F <= 1, 1/0.86 for cocoercivity
TEST(Rotations, HasTheSizesOfTheReferenceProgram) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "rotations:components=10000", "extragradient");
    EXPECT_EQ(run.problem->dimension(), 80U);
    EXPECT_NEAR(run.constants.cocoercivity->value, 0.86, 0.02);
    EXPECT_LT(run.constants.L->value, run.constants.cocoercivity->value);
    EXPECT_LT(run.constants.mu->value, 1e-5);
    EXPECT_GT(run.constants.mu->value, 0);
  });
}

TEST(Rotations, TakesAHundredThousandComponents) {
  on_simulated(2, [](Communicator& comm) {
    Assembly run(comm, "rotations:components=1e5,dimension=20", "extragradient");
    EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-14);
    EXPECT_LT(run.problem->memory_bytes(), std::size_t{9} << 20);
    const auto mine = run.exchange->workers();
    EXPECT_EQ(run.problem->operators()->shard(mine.begin).components(), part_of(100000, 64, mine.begin).size());
  });
}

TEST(Rotations, RefusesBadSizes) {
  EXPECT_THAT(failure_of<UsageError>("rotations:dimension=7"), HasSubstr("dimension=7 is odd"));
  EXPECT_THAT(failure_of<UsageError>("rotations:smallest=2,largest=1"), HasSubstr("smallest=2 is above largest=1"));
  EXPECT_THAT(failure_of<UsageError>("rotations:largest=4"), HasSubstr("largest=4 is out of range"));
  EXPECT_THAT(failure_of<UsageError>("rotations:components=3", "", 2, 4), HasSubstr("there are only 3 components"));
}

}  // namespace
}  // namespace vireo::test
