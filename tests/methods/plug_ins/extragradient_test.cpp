// Pins extragradient to its textbook recursion.
#include <gtest/gtest.h>

#include "support/assembly.hpp"
#include "support/difference.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

void equals_the_recursion(const std::string& problem, const RegularizerPointer& g) {
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, "extragradient:step=0.3", "none", "none", 1, std::nullopt, "", g);
    run.method->start(run.z0);
    Vector z = run.z0;
    for (int k = 0; k < 50; ++k) {
      run.method->iterate();
      // z_half = prox(z - gamma F(z)), z+ = prox(z - gamma F(z_half)), written with nothing but F and prox
      const auto step = [&](const Vector& at) {
        const Vector F = run.F(at);
        Vector next = z;
        for (Index j = 0; j < next.size(); ++j) next[j] -= 0.3 * F[j];
        if (g) g->prox(0.3, next);
        return next;
      };
      const Vector half = step(z);
      z = step(half);
      ASSERT_LE(test::largest_difference(z, run.method->point()), 1e-12) << k;
    }
    EXPECT_GT(kernels::squared_distance(z, run.z0), 1e-2);  // it moved
  });
}

TEST(Extragradient, EqualsItsTextbookRecursion) {
  equals_the_recursion("quadratic-game:dimension=20,components=8", nullptr);
  equals_the_recursion("bilinear:dimension=20,components=8", nullptr);
}

TEST(Extragradient, EqualsItsTextbookRecursionWithAProx) {
  equals_the_recursion("quadratic-game:dimension=20,components=8", make_l1(0.05));
}

TEST(Extragradient, ReachesTheKnownSolution) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* problem : {"bilinear:dimension=40,condition=10", "quadratic-game:dimension=40,condition=10",
                                "bilinear:dimension=200,condition=10,structure=banded",
                                "bilinear:dimension=200,condition=10,structure=sparse"}) {
      test::Assembly run(comm, problem, "extragradient");
      const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 20000});
      EXPECT_EQ(outcome.termination, Termination::converged) << problem;
      EXPECT_LT(outcome.distance, 1e-8) << problem;
    }
  });
}

TEST(Extragradient, RefusesCompressors) {
  test::on_simulated(1, [](Communicator& comm) {
    EXPECT_THROW(test::Assembly(comm, "bilinear:dimension=20", "extragradient", "randk"), UsageError);
    EXPECT_THROW(test::Assembly(comm, "bilinear:dimension=20", "extragradient", "none", "randk"), UsageError);
  });
}

TEST(Extragradient, CountsTwoEvaluationsAnIterationAndOneToBegin) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=20,components=64", "extragradient");
    const auto outcome = run.solve({.tolerance = 0, .max_iterations = 10}, 1);
    EXPECT_EQ(outcome.termination, Termination::max_iterations);
    EXPECT_EQ(outcome.totals.oracle_calls, 64 * 21);
    EXPECT_EQ(outcome.totals.wire_bytes_up, 64 * 21 * 20 * 8);
    EXPECT_EQ(outcome.totals.wire_bytes_down, 64 * 21 * 20 * 8);
  });
}

}  // namespace
}  // namespace vireo
