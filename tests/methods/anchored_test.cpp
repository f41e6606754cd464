// Pins eag and feg to their textbook recursions, to the bounds of their theorems for 1000 iterations, and to their
// parameters' ranges.
#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::Point;
using test::Textbook;

TEST(Eag, VariantCEqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("eag:variant=C,step=0.2", [](const Textbook& book) {
    return [book, z = book.z0, k = 0.0]() mutable -> Point {
      const double a = 0.2, b = 1 / (k + 2);
      const Point zb = b * book.z0 + (1 - b) * z;
      const Point zh = book.prox(zb - a * book.F(z), a);
      z = book.prox(zb - a * book.F(zh), a);
      ++k;
      return z;
    };
  });
}

TEST(Eag, VariantVEqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere(
      "eag:variant=V,L=1.5,step=auto",
      [](const Textbook& book) {
        return [book, z = book.z0, k = 0.0, a = 0.618 / 1.5]() mutable -> Point {
          const double L = 1.5, b = 1 / (k + 2);
          const Point zb = b * book.z0 + (1 - b) * z;
          const Point zh = zb - a * book.F(z);
          z = zb - a * book.F(zh);
          a = a / (1 - a * a * L * L) * (1 - (k + 2) * (k + 2) / ((k + 1) * (k + 3)) * a * a * L * L);
          ++k;
          return z;
        };
      },
      false);
}

test::Recursion fast_extragradient(double a, double rho) {
  return [a, rho](const Textbook& book) {
    return [book, a, rho, z = book.z0, c = Point(0.0, book.z0.size()), k = 0.0]() mutable -> Point {
      const double b = 1 / (k + 1);
      const Point H = book.F(z) + c;
      const Point zb = b * book.z0 + (1 - b) * z;
      const Point zh = zb - (1 - b) * (a + 2 * rho) * H;
      const Point v = zb - a * book.F(zh) - (1 - b) * 2 * rho * H;
      z = book.prox(v, a);
      c = (v - z) / a;
      ++k;
      return z;
    };
  };
}

TEST(Feg, EqualsItsTextbookRecursion) {
  test::expect_recursion_everywhere("feg:step=0.5", fast_extragradient(0.5, 0));
  test::expect_recursion_everywhere("feg:step=0.5,rho=-0.1", fast_extragradient(0.5, -0.1));
  test::expect_recursion_everywhere("feg:step=0.5,rho=0.05", fast_extragradient(0.5, 0.05));
}

/// The residual after k iterations stays under constant D / (k + shift) for k = 1..1000, D = ||z^0 - z*||.
void expect_under(const std::string& method, const std::string& problem, double constant, double shift) {
  SCOPED_TRACE(method + " on " + problem);
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, method);
    const double D = std::sqrt(kernels::squared_distance(run.z0, *run.solution));
    run.method->start(run.z0);
    double nearest = 0;
    for (int k = 1; k <= 1000; ++k) {
      run.method->iterate();
      const auto certificate = run.method->certificate();
      ASSERT_EQ(certificate->point.data(), run.method->point().data());
      const double of_bound =
          natural_residual(certificate->point, certificate->F, *run.regularizer) / (constant * D / (k + shift));
      ASSERT_LE(of_bound, 1) << "k = " << k;
      nearest = std::max(nearest, of_bound);
    }
    EXPECT_GT(nearest, 0.02);  // the bound says something
  });
}

// monotone, some barely; all with a known solution
const char* const monotone_games[] = {
    "quadratic-game:dimension=40,components=8,condition=1000",
    "quadratic-game:dimension=40,components=8,condition=1000,skewness=0",
    "quadratic-game:dimension=40,components=8,condition=1000,skewness=0.999",
    "bilinear:dimension=40,components=8,condition=1e9",
    "bilinear:dimension=40,components=8,condition=100",
    "bilinear:dimension=200,components=8,condition=1e6,structure=sparse",
};

double L_of(const std::string& problem) {
  double L = 0;
  test::on_simulated(1, [&](Communicator& comm) { L = test::Assembly(comm, problem, "feg").constants.L->value; });
  return L;
}

TEST(Feg, StaysUnderItsBound) {
  for (const char* problem : monotone_games) expect_under("feg", problem, 2 * L_of(problem), 0);
}

TEST(Eag, StaysUnderItsBounds) {
  for (const char* problem : monotone_games) {
    const double L = L_of(problem);
    expect_under("eag:variant=C", problem, std::sqrt(260.0) * L, 1);
    expect_under("eag:variant=V", problem, std::sqrt(27.0) * L, 1);
  }
}

TEST(Feg, StaysUnderItsBoundForComonotoneOperators) {
  struct Case {
    const char* name;
    std::vector<double> angles, radii;
    double rho;
  };
  // rho = min cos(t) / r, L = 1
  const std::vector<Case> cases{
      {"comonotone-m45", {std::acos(-0.45), 1.5, 1.0, 0.3}, {1, 0.5, 0.1, 0.01}, -0.45},
      {"comonotone-m20", {std::acos(-0.2), std::acos(-0.1), 1.5, 0.0}, {1, 0.5, 1, 0.003}, -0.2},
      {"comonotone50", {std::acos(0.5), 1.0, 0.5, 0.0}, {1, 0.9, 0.3, 0.001}, 0.5},
  };
  for (const auto& c : cases) {
    test::add_linear_problem(c.name, test::scaled_rotations(c.angles, c.radii));
    expect_under("feg:L=1,rho=" + format_real(c.rho), c.name, 2 / (1 + 2 * c.rho), 0);
  }
}

// With rho = 0 the method does not contract a rotation by more than a right angle.
TEST(Feg, NeedsRhoWhereTheOperatorIsNotMonotone) {
  test::add_linear_problem("comonotone-40", test::scaled_rotations({std::acos(-0.4)}, {1}));
  test::on_simulated(1, [](Communicator& comm) {
    const auto reaches = [&](const char* method) {
      test::Assembly run(comm, "comonotone-40", method);
      return run.solve({.tolerance = 0, .relative_tolerance = 1e-2, .max_iterations = 5000}).tolerance_met;
    };
    EXPECT_TRUE(reaches("feg:L=1,rho=-0.4"));
    EXPECT_FALSE(reaches("feg:L=1,rho=0"));
    EXPECT_FALSE(reaches("extragradient:L=1"));
  });
}

// The natural residual is at most ||H^k||, and D is the distance to the solution with g, which extragradient finds.
TEST(Feg, StaysUnderItsBoundWithG) {
  for (const RegularizerPointer& g : {make_simplex(1), make_box(-0.1, 0.2), make_l1(0.1)})
    for (const char* problem :
         {"quadratic-game:dimension=20,components=8,condition=10", "bilinear:dimension=20,components=8,condition=10"})
      test::on_simulated(1, [&](Communicator& comm) {
        test::Assembly run(comm, problem, "extragradient", "none", "none", 1, std::nullopt, "", g);
        const auto exact = run.solve({.tolerance = 1e-12, .max_iterations = 10000});
        ASSERT_EQ(exact.termination, Termination::converged);
        const double L = run.constants.L->value;
        const double D = std::sqrt(kernels::squared_distance(run.z0, exact.solution));
        const auto feg = test::make_method(run, "feg");
        feg->start(run.z0);
        for (int k = 1; k <= 1000; ++k) {
          feg->iterate();
          const auto certificate = feg->certificate();
          ASSERT_LE(natural_residual(certificate->point, certificate->F, *run.regularizer), 2 * L * D / k)
              << g->description() << " on " << problem << ", k = " << k;
        }
      });
}

TEST(Anchored, StopOnTheResidualTheyKnow) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* method : {"eag", "eag:variant=V", "feg"}) {
      test::Assembly run(comm, "quadratic-game:dimension=20,components=64", method);
      const auto outcome = run.solve({.tolerance = 0.1, .check_every = 1, .max_iterations = 10000});
      EXPECT_EQ(outcome.termination, Termination::converged) << method;
      EXPECT_LE(outcome.residual, 0.1) << method;
      EXPECT_EQ(outcome.totals.oracle_calls, 64 * (2 * outcome.iterations + 1)) << method;
    }
  });
}

TEST(Anchored, RefuseWhatTheirTheoryDoesNotCover) {
  test::on_simulated(1, [](Communicator& comm) {
    const std::string problem = "quadratic-game:dimension=20,components=8";
    const auto make = [&](const char* method, const RegularizerPointer& g, bool allow_unproven) {
      test::Assembly run(comm, problem, "extragradient", "none", "none", 1, std::nullopt, "", g);
      (void)test::make_method(run, method, {.allow_unproven = allow_unproven});
    };
    for (const auto& [method, g] :
         std::vector<std::pair<const char*, RegularizerPointer>>{{"eag:variant=V", make_simplex(1)},
                                                                 {"eag:variant=V,step=2x", nullptr},
                                                                 {"eag:variant=V,step=0.75", nullptr},
                                                                 {"feg:rho=-0.5", nullptr},
                                                                 {"feg:rho=-0.3,step=0.5x", nullptr}}) {
      EXPECT_THROW(make(method, g, false), UsageError) << method;
      EXPECT_NO_THROW(make(method, g, true)) << method;
    }
    EXPECT_NO_THROW(make("eag:variant=V,step=0.74", nullptr, false));
    EXPECT_NO_THROW(make("feg:rho=-0.49", nullptr, false));
    EXPECT_NO_THROW(make("eag:variant=C", make_simplex(1), false));
  });
}

}  // namespace
}  // namespace vireo
