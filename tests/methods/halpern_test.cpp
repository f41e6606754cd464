// Pins halpern to its textbook recursion, its bound for 1000 iterations, its restart rule, and to refusing what is not
// cocoercive.
#include "methods/restart.hpp"

#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::Point;
using test::Textbook;

TEST(Halpern, EqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("halpern:step=0.3", [](const Textbook& book) {
    return [book, z = book.z0, k = 0.0]() mutable -> Point {
      const Point T = book.prox(z - 0.3 * book.F(z), 0.3);
      z = book.z0 / (k + 2) + (k + 1) / (k + 2) * T;
      ++k;
      return z;
    };
  });
}

double norm(const Point& v) { return std::sqrt(std::pow(v, 2.0).sum()); }

TEST(Halpern, RestartedEqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("halpern:step=0.3,restart=on", [](const Textbook& book) {
    return [book, z = book.z0, anchor = book.z0, k = 0.0, total = 0.0, first = 0.0, last = 0.0]() mutable -> Point {
      const Point T = book.prox(z - 0.3 * book.F(z), 0.3);
      const double error = norm(z - T);
      if (k > 0 && (error <= 0.2 * first || (error <= 0.5 * first && error > last) || k >= 0.36 * total)) {
        anchor = z;
        k = 0;
      }
      if (k == 0) first = error;
      last = error;
      z = anchor / (k + 2) + (k + 1) / (k + 2) * T;
      ++k;
      ++total;
      return z;
    };
  });
}

/// ||z^k - T z^k|| / gamma <= ell ||z^0 - z*|| / (k+1), gamma = 2/ell, for k = 0..1000
void expect_under_the_bound(const std::string& problem, const RegularizerPointer& g, double least) {
  SCOPED_TRACE(problem + (g ? " with " + g->description() : ""));
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, "extragradient", "none", "none", 1, std::nullopt, "", g);
    const auto exact = run.solve({.tolerance = g ? 1e-12 : 0, .max_iterations = g ? 20000 : 1});
    const Vector& solution = g ? exact.solution : *run.solution;
    const double ell = run.constants.cocoercivity->value;
    const double gamma = 2 / ell;
    const double D = std::sqrt(kernels::squared_distance(run.z0, solution));
    const auto halpern = test::make_method(run, "halpern");
    halpern->start(run.z0);
    double nearest = 0;
    for (int k = 0; k <= 1000; ++k) {
      if (k > 0) halpern->iterate();
      const auto certificate = halpern->certificate();
      Vector T(run.z0.size());
      kernels::add_scaled(certificate->point, -gamma, certificate->F, T);
      run.regularizer->prox(gamma, T);
      const double residual = std::sqrt(kernels::squared_distance(certificate->point, T)) / gamma;
      const double bound = ell * D / (k + 1);
      ASSERT_LE(residual, bound) << "k = " << k;
      nearest = std::max(nearest, residual / bound);
    }
    EXPECT_GT(nearest, least);  // the bound says something
  });
}

TEST(Halpern, StaysUnderItsBound) {
  for (const char* problem : {"quadratic-game:dimension=40,components=8,condition=1000",
                              "quadratic-game:dimension=40,components=8,condition=1000,skewness=0",
                              "quadratic-game:dimension=40,components=8,condition=1000,skewness=0.99",
                              "bilinear:dimension=40,components=8,condition=10"})
    expect_under_the_bound(problem, nullptr, 0.05);
}

TEST(Halpern, StaysUnderItsBoundWithG) {
  for (const RegularizerPointer& g : {make_simplex(1), make_box(-0.1, 0.2), make_l1(0.1)})
    for (const char* problem : {"quadratic-game:dimension=20,components=8,condition=10",
                                "quadratic-game:dimension=20,components=8,condition=20,skewness=0.95"})
      expect_under_the_bound(problem, g, 0.02);
}

TEST(Halpern, RestartRule) {
  // error, at the restart, previous, iterations since, in all
  EXPECT_FALSE(methods::restart_is_due(0, 1, 1, 0, 0)) << "nothing done since";
  EXPECT_TRUE(methods::restart_is_due(0.2, 1, 0.3, 1, 100)) << "sufficient";
  EXPECT_FALSE(methods::restart_is_due(0.21, 1, 0.3, 1, 100)) << "falls, but not enough yet";
  EXPECT_TRUE(methods::restart_is_due(0.31, 1, 0.3, 1, 100)) << "necessary, and growing";
  EXPECT_FALSE(methods::restart_is_due(0.3, 1, 0.3, 1, 100)) << "stands still";
  EXPECT_FALSE(methods::restart_is_due(0.51, 1, 0.3, 1, 100)) << "grows, but has not halved";
  EXPECT_TRUE(methods::restart_is_due(2, 1, 1, 36, 100)) << "artificial";
  EXPECT_FALSE(methods::restart_is_due(2, 1, 1, 35, 100)) << "too early";
}

TEST(Halpern, WithRestartsConvergesLinearlyWhereItDoesNotWithout) {
  test::on_simulated(2, [](Communicator& comm) {
    const std::vector<RegularizerPointer> sets{nullptr, make_simplex(1), make_l1(0.05)};
    for (const auto& g : sets) {
      const auto reaches = [&](const char* method) {
        test::Assembly run(comm, "quadratic-game:dimension=40,components=8,condition=20", method, "none", "none", 1,
                           std::nullopt, "", g);
        return run.solve({.tolerance = 1e-10, .max_iterations = 1500}).termination;
      };
      EXPECT_EQ(reaches("halpern:restart=on"), Termination::converged);
      EXPECT_EQ(reaches("halpern:restart=off"), Termination::max_iterations);
    }
  });
}

TEST(Halpern, CountsOneEvaluationAnIterationAndStopsOnIt) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20,components=64", "halpern:restart=on");
    const auto outcome = run.solve({.tolerance = 1e-6, .check_every = 1, .max_iterations = 10000});
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_EQ(outcome.totals.oracle_calls, 64 * (outcome.iterations + 1));
  });
}

TEST(Halpern, RefusesOperatorsNotKnownToBeCocoercive) {
  test::add_linear_problem("rotation", test::scaled_rotations({std::acos(0.0), 1.0}, {1, 1}));
  test::on_simulated(2, [](Communicator& comm) {
    test::Assembly run(comm, "rotation", "extragradient");
    try {
      (void)test::make_method(run, "halpern");
      ADD_FAILURE() << "accepted";
    } catch (const UsageError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find("cocoercive"), std::string::npos) << text;
      EXPECT_NE(text.find("--allow-unproven"), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
    EXPECT_THROW((void)test::make_method(run, "halpern:step=0.1"), UsageError);
    EXPECT_NO_THROW((void)test::make_method(run, "halpern", {.allow_unproven = true}));
    EXPECT_EQ(test::make_method(run, "halpern:cocoercivity=4")->description().front().second, "0.5 = 2 / cocoercivity");
  });
}

}  // namespace
}  // namespace vireo
