// Pins optimistic and forb to their textbook recursions, their order of convergence, their cost, and the sign of the
// reflection.
#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::Point;
using test::Textbook;

constexpr double t = 0.3;

TEST(Optimistic, EqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("optimistic:step=0.3", [](const Textbook& book) {
    return [book, z = book.z0, half = book.z0]() mutable -> Point {
      const Point F = book.F(half);
      z = book.prox(z - t * F, t);
      half = book.prox(z - t * F, t);
      return half;
    };
  });
}

TEST(Optimistic, WithoutGIsTheReflectedGradient) {
  test::expect_recursion("optimistic:step=0.3", "bilinear:dimension=20,components=8", nullptr,
                         [](const Textbook& book) {
                           // F(z^{-1}) = 0 stands for w^0 = z^0
                           return [book, z = book.z0, F_previous = Point(0.0, book.z0.size())]() mutable -> Point {
                             const Point F = book.F(z);
                             z = z - t * (2.0 * F - F_previous);
                             F_previous = F;
                             return z;
                           };
                         });
}

TEST(Forb, EqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("forb:step=0.3", [](const Textbook& book) {
    return [book, z = book.z0, F_previous = book.F(book.z0)]() mutable -> Point {
      const Point F = book.F(z);
      z = book.prox(z - t * (2.0 * F - F_previous), t);
      F_previous = F;
      return z;
    };
  });
}

/// The 2-D bilinear game min_x max_y x y: whether 400 iterations bring z a hundred times nearer to the solution.
bool contracts_on_the_bilinear_game(const std::function<Vector(test::Assembly&)>& after_400_iterations) {
  test::add_linear_problem("xy", {{0, 1}, {-1, 0}});
  bool contracts = false;
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, "xy", "forb:L=1");
    const Vector z = after_400_iterations(run);
    contracts = kernels::squared_distance(z, *run.solution) < 1e-4 * kernels::squared_distance(run.z0, *run.solution);
  });
  return contracts;
}

TEST(Forb, ContractsOnTheBilinearGameAndWithTheWrongSignDoesNot) {
  const auto reflected_by = [](double sign) {
    return [sign](test::Assembly& run) {
      const double gamma = 0.99 / 2;
      Vector z = run.z0, F_previous = run.F(z);
      for (int k = 0; k < 400; ++k) {
        const Vector F = run.F(z);
        for (Index j = 0; j < z.size(); ++j) z[j] -= gamma * (F[j] + sign * (F[j] - F_previous[j]));
        F_previous = F;
      }
      return z;
    };
  };
  EXPECT_TRUE(contracts_on_the_bilinear_game([](test::Assembly& run) {
    run.method->start(run.z0);
    for (int k = 0; k < 400; ++k) run.method->iterate();
    return Vector(run.method->point().begin(), run.method->point().end());
  }));
  EXPECT_TRUE(contracts_on_the_bilinear_game(reflected_by(+1)));
  EXPECT_FALSE(contracts_on_the_bilinear_game(reflected_by(-1)));
}

class SingleCall : public ::testing::TestWithParam<const char*> {};

TEST_P(SingleCall, ReachesTheKnownSolution) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* problem : {"bilinear:dimension=40,condition=10", "quadratic-game:dimension=40,condition=10",
                                "bilinear:dimension=200,condition=10,structure=sparse"}) {
      test::Assembly run(comm, problem, GetParam());
      const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 20000});
      EXPECT_EQ(outcome.termination, Termination::converged) << problem;
      EXPECT_LT(outcome.distance, 1e-8) << problem;
    }
  });
}

TEST_P(SingleCall, CountsOneEvaluationAnIterationAndOneToBegin) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=20,components=64", GetParam());
    const auto outcome = run.solve({.tolerance = 0, .check_every = 1, .max_iterations = 10}, 1);
    EXPECT_EQ(outcome.totals.oracle_calls, 64 * 11);
    EXPECT_EQ(outcome.totals.wire_bytes_up, 64 * 11 * 20 * 8);
    EXPECT_EQ(outcome.totals.monitor_oracle_calls, 64);  // the check at the end alone: rows cost nothing
  });
}

TEST_P(SingleCall, SaysItsStepAndItsFormula) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20", GetParam());
    const auto lines = run.method->description();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].first, "step");
    EXPECT_EQ(lines[0].second, "0.54 = 0.54 / L");
    test::Assembly with_g(comm, "quadratic-game:dimension=20", GetParam(), "none", "none", 1, std::nullopt, "",
                          make_l1(0.1));
    EXPECT_EQ(with_g.method->description()[0].second, "0.495 = 0.99 / (2 L)");
  });
}

INSTANTIATE_TEST_SUITE_P(, SingleCall, ::testing::Values("optimistic", "forb"));

}  // namespace
}  // namespace vireo
