// Pins generated games: F vanishes at the known solution, does not depend on M, batches and pairs agree with the mean,
// and the declared constants are those of the dense matrix.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "linalg/spectrum.hpp"
#include "problems/dense.hpp"
#include "support/assembly.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

const std::vector<std::string> games{
    "bilinear:dimension=24,components=12,condition=7",
    "bilinear:dimension=24,components=12,condition=7,structure=banded,bandwidth=2",
    "bilinear:dimension=24,components=12,condition=7,structure=sparse,nonzeros=5",
    "bilinear:dimension=24,components=12,condition=7,spectrum=geometric,smallest=0.2",
    "quadratic-game:dimension=24,components=12,condition=7,skewness=0.8",
};

using test::normal;

TEST(Games, FVanishesAtTheKnownSolutionAndNowhereNear) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const auto& game : games) {
      test::Assembly run(comm, game, "extragradient");
      EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-13) << game;
      Vector near = *run.solution;
      near[3] += 0.1;
      EXPECT_GT(kernels::norm(run.F(near)), 1e-3) << game;
    }
  });
}

TEST(Games, TheProblemDoesNotDependOnTheWorkers) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const auto& game : games) {
      const Vector z = normal(24, 1);
      test::Assembly reference(comm, game, "extragradient", "none", "none", 1, 12);
      const Vector expected = reference.F(z);
      for (const Index M : {1U, 5U, 7U}) {
        test::Assembly run(comm, game, "extragradient", "none", "none", 1, M);
        EXPECT_LT(std::sqrt(kernels::squared_distance(run.F(z), expected)), 1e-13 * kernels::norm(expected))
            << game << M;
      }
    }
  });
}

TEST(Games, BatchesAndPairsAgreeWithTheMean) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const auto& game : games)
      for (const Index M : {3U, 12U}) {
        test::Assembly run(comm, game, "extragradient", "none", "none", 1, M);
        const Vector u = normal(24, 1), v = normal(24, 2);
        Vector mean_u(24), mean_v(24), pair_u(24), pair_v(24), batch(24);
        const auto& shard = run.problem->operators()->shard(1);
        shard.mean(u, mean_u);
        shard.mean(v, mean_v);
        shard.mean_pair(u, v, pair_u, pair_v);
        EXPECT_EQ(pair_u, mean_u) << game;
        EXPECT_EQ(pair_v, mean_v) << game;
        std::vector<Index> all(shard.components());
        std::iota(all.begin(), all.end(), Index{0});
        shard.batch_mean(all, u, batch);
        const double weight = static_cast<double>(M) / 12 * static_cast<double>(shard.components());
        kernels::scale(weight, batch);
        EXPECT_LT(std::sqrt(kernels::squared_distance(batch, mean_u)), 1e-13 * kernels::norm(mean_u)) << game;
        for (const auto& some : {all, std::vector<Index>{0, 0, all.size() - 1}}) {
          shard.batch_mean(some, u, mean_u);
          shard.batch_mean(some, v, mean_v);
          shard.batch_mean_pair(some, u, v, pair_u, pair_v);
          EXPECT_EQ(pair_u, mean_u) << game;
          EXPECT_EQ(pair_v, mean_v) << game;
        }
      }
  });
}

TEST(Games, ConstantsAreThoseOfTheMatrix) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const auto& game : games) {
      test::Assembly run(comm, game, "extragradient");
      const auto J = test::mean_operator(run).J;
      const Eigen::MatrixXd S = (J + J.transpose()) / 2;
      const double L = test::singular_values(J)(0);
      const double mu = test::eigenvalues(S)(0);
      EXPECT_NEAR(run.constants.L->value, L, 1e-7 * L) << game;
      EXPECT_NEAR(run.constants.mu->value, mu, 1e-7 * L) << game;
      EXPECT_NEAR(L / mu, 7, 1e-5) << game;
      EXPECT_GE(run.constants.L_tilde->value, L * (1 - 1e-9)) << game;
      EXPECT_GE(run.constants.L_component->value, L * (1 - 1e-9)) << game;
      // cocoercive: S - J'J / ell is positive semidefinite, and for no smaller ell
      const auto least = [&](double ell) { return test::eigenvalues(S - test::gram(J) / ell)(0); };
      EXPECT_GE(least(run.constants.cocoercivity->value), -1e-9 * L) << game;
      EXPECT_LT(least(0.95 * run.constants.cocoercivity->value), 0) << game;
    }
  });
}

// halpern.md section 4 (b): A_i = A_0 + N_i, singular values of A_0 from 1 to 1e-3, L = 1.42, L_F = 1, not regularised
TEST(Games, BilinearReproducesTheInstanceOfTheReferenceProgram) {
  test::on_simulated(2, [](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=40,components=300,condition=inf,spectrum=geometric,smallest=1e-3",
                       "extragradient");
    const auto J = test::mean_operator(run).J;
    EXPECT_LT(J.topLeftCorner(20, 20).norm() + J.bottomRightCorner(20, 20).norm(), 1e-15);
    const auto singular = test::singular_values(J.topRightCorner(20, 20));
    for (int j = 0; j < 20; ++j) EXPECT_NEAR(singular(j), std::pow(1e-3, j / 19.0), 1e-13);
    EXPECT_NEAR(run.constants.L->value, 1, 1e-9);
    EXPECT_NEAR(run.constants.L_component->value, 1.42, 0.02);
    EXPECT_EQ(run.constants.mu->value, 0);
    EXPECT_FALSE(run.constants.cocoercivity);
    EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-13);
  });
}

TEST(Games, BilinearRefusesASpectrumForStructuresWithZeros) {
  test::on_simulated(1, [](Communicator& comm) {
    EXPECT_THROW(test::Assembly(comm, "bilinear:spectrum=geometric,structure=banded", "extragradient"), UsageError);
  });
}

TEST(Spectrum, LanczosFindsBothEndsOfAKnownSpectrum) {
  constexpr Index d = 300;
  const auto apply = [](ConstView v, View out) {
    for (Index j = 0; j < d; ++j) out[j] = (-2 + 5 * std::pow(static_cast<double>(j) / (d - 1), 2.0)) * v[j];
  };
  const auto range = linalg::spectral_range(d, apply, 1);
  EXPECT_NEAR(range.smallest, -2, 1e-6);
  EXPECT_NEAR(range.largest, 3, 1e-6);
  EXPECT_GE(linalg::largest_eigenvalue(
                5, [](ConstView, View out) { std::fill(out.begin(), out.end(), 0.0); }, 1),
            0);
}

}  // namespace
}  // namespace vireo
