// Pins the server's inner solve to the exact solution of its inclusion, to the error bound that it computes, and to
// where it stops.
#include "methods/inner_solve.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <limits>

#include "methods/compressed_recursion.hpp"
#include "problems/dense.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using Point = test::CompressedTextbook::Point;

struct Solved {
  Point u, F_u, e;
  std::int64_t calls = 0;
};

class Trial {
 public:
  explicit Trial(Communicator& comm, const RegularizerPointer& g = nullptr, double L = 0,
                 const std::string& problem = "bilinear:dimension=20,components=4,condition=10")
      : run_(comm, problem, "extragradient", "none", "none", 1, std::nullopt, "", g),
        book(run_, "none", "none"),
        c(Point::LinSpaced(20, -1, 2)) {
    if (L > 0) run_.constants.L = Constant{L, Origin::given};
  }

  Solved solve(const std::string& values, double gamma, double allowed = 0) {
    const auto known = methods::InnerSolve::parameters("-");
    const Parameters parameters("method", Spec::parse("test" + (values.empty() ? "" : ":" + values)), known);
    methods::InnerSolve inner(
        parameters, MethodContext{*run_.oracle, *run_.exchange, *run_.regularizer, {}, run_.constants}, "test");
    Solved out{Point::Zero(20), book.F(0, Point::Zero(20)), Point::Zero(20)};
    const auto before = run_.ledger.oracle_calls;
    inner.run(gamma, test::CompressedTextbook::view(c), [&](ConstView) { return allowed; }, {out.u.data(), 20},
              {out.F_u.data(), 20}, {out.e.data(), 20});
    out.calls = run_.ledger.oracle_calls - before;
    return out;
  }

  /// (I + gamma J_1) u = c - gamma F_1(0)
  [[nodiscard]] Point exact(double gamma) const {
    const Eigen::MatrixXd A = Eigen::MatrixXd::Identity(20, 20) + gamma * book.J(0);
    return test::solve(A, c - gamma * book.F(0, Point::Zero(20)));
  }

 private:
  test::Assembly run_;

 public:
  test::CompressedTextbook book;
  Point c;
};

TEST(InnerSolve, ReachesTheExactSolution) {
  test::on_simulated(1, [](Communicator& comm) {
    // also where the Lipschitz constant that it is told is wrong by far
    for (const double L : {0.0, 1e-3, 5.0})
      for (const double gamma : {0.01, 1.0, 20.0}) {
        Trial trial(comm, nullptr, L);
        const auto solved = trial.solve("", gamma);
        const Point exact = trial.exact(gamma);
        EXPECT_LE((solved.u - exact).norm(), 1e-12 * (1 + exact.norm())) << gamma << " " << L;
        EXPECT_LE((solved.F_u - trial.book.F(0, solved.u)).norm(), 0.0);
      }
  });
}

// e is what the inclusion lacks: without g it is gamma F_1(u) + u - c; for the l1 norm, e - gamma F_1(u) - u + c is
// gamma times a subgradient.
TEST(InnerSolve, KnowsItsError) {
  test::on_simulated(1, [](Communicator& comm) {
    const double gamma = 2;
    for (const char* steps : {"inner=1", "inner=2", "inner=7"}) {
      Trial plain(comm);
      const auto solved = plain.solve(steps, gamma);
      EXPECT_GT(solved.e.norm(), 1e-6);
      EXPECT_LE((gamma * solved.F_u + solved.u - plain.c - solved.e).norm(), 1e-12);

      Trial l1(comm, make_l1(0.3));
      const auto sparse = l1.solve(steps, gamma);
      const Point subgradient = (sparse.e - gamma * sparse.F_u - sparse.u + l1.c) / gamma;
      int zeros = 0;
      for (Eigen::Index j = 0; j < 20; ++j) {
        zeros += sparse.u(j) == 0 ? 1 : 0;
        if (sparse.u(j) == 0)
          EXPECT_LE(std::abs(subgradient(j)), 0.3 + 1e-12);
        else
          EXPECT_NEAR(subgradient(j), sparse.u(j) > 0 ? 0.3 : -0.3, 1e-12);
      }
      EXPECT_GT(zeros, 0);
      EXPECT_LT(zeros, 20);
    }
  });
}

TEST(InnerSolve, StopsAsSoonAsItsErrorIsAllowedOrAfterItsSteps) {
  test::on_simulated(1, [](Communicator& comm) {
    Trial trial(comm, nullptr, 3);
    // two evaluations of F_1, of one component, a step
    for (const int steps : {1, 2, 5})
      EXPECT_EQ(trial.solve("inner=" + std::to_string(steps), 1.0, 1e9).calls, static_cast<std::int64_t>(2 * steps));
    EXPECT_EQ(trial.solve("", 1.0, 1e9).calls, 2);
    const auto rough = trial.solve("", 1.0, 1e-3);
    EXPECT_LE(rough.e.norm(), 1e-3);
    const auto before = trial.solve("inner=" + std::to_string(rough.calls / 2 - 1), 1.0);
    EXPECT_GT(before.e.norm(), 1e-3);
  });
}

TEST(InnerSolve, GivesUpOnWhatItCannotSolve) {
  test::on_simulated(1, [](Communicator& comm) {
    Trial hard(comm, nullptr, 0, "bilinear:dimension=20,components=4,condition=1e6");
    EXPECT_THROW((void)hard.solve("", 1e8), NumericalError);
    Trial trial(comm);
    EXPECT_THROW((void)trial.solve("inner=3,inner-tolerance=0.1", 1.0), UsageError);
    trial.c(3) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isnan(trial.solve("", 1.0).u(3)));  // which the exchange will say
  });
}

TEST(ProjectOntoDomain, ProjectsOntoSetsAndLeavesFiniteFunctionsAlone) {
  const auto projected = [](const RegularizerPointer& g, Vector z) {
    methods::project_onto_domain(*g, z);
    return z;
  };
  EXPECT_EQ(projected(make_box(-1, 1), {3, 0.5, -2}), (Vector{1, 0.5, -1}));
  EXPECT_EQ(projected(make_ball(5), {30, 40}), (Vector{3, 4}));
  EXPECT_EQ(projected(make_l1(7), {3, -1e-14, 0}), (Vector{3, -1e-14, 0}));
  EXPECT_EQ(projected(make_l2(7), {3, -1e-14, 0}), (Vector{3, -1e-14, 0}));
  EXPECT_EQ(projected(make_zero(), {3, -1}), (Vector{3, -1}));
}

}  // namespace
}  // namespace vireo
