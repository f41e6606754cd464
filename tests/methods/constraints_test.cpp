// Pins that uncompressed methods, and Halpern iterations on estimates, reach the solution on simplex, box and l1, where
// their theory covers them, and what agrees there.
#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

struct Case {
  const char* method;
  double tolerance;  ///< linear methods: near rounding; O(1/k) methods: what 1/k allows
  std::int64_t iterations;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.method; }

class WithG : public ::testing::TestWithParam<Case> {};
class WithGAndNoCurvature : public ::testing::TestWithParam<const char*> {};

const RegularizerPointer sets[] = {make_simplex(1), make_box(-0.1, 0.2), make_l1(0.05), make_nonnegative(),
                                   make_ball(1)};

TEST_P(WithG, ReachesTheSolutionOfAStronglyMonotoneGame) {
  const Case& tried = GetParam();
  for (const auto& g : sets)
    test::on_simulated(1, [&](Communicator& comm) {
      test::Assembly run(comm, "quadratic-game:dimension=20,components=8,condition=10", "masha1:refresh=next", "none",
                         "none", 1, std::nullopt, "", g);
      const auto exact = run.solve({.tolerance = 1e-12, .max_iterations = 20000, .return_point = ReturnPoint::best});
      ASSERT_EQ(exact.termination, Termination::converged);
      run.method = test::make_method(run, tried.method);
      const auto outcome = run.solve({.tolerance = tried.tolerance, .max_iterations = tried.iterations});
      EXPECT_EQ(outcome.termination, Termination::converged) << g->description();
      // strong monotonicity mu = 0.1: ||z - z*|| <= (1 + L) / mu times the natural residual, L = 1
      EXPECT_LE(std::sqrt(kernels::squared_distance(outcome.solution, exact.solution)), 20 * tried.tolerance)
          << g->description();
      EXPECT_TRUE(std::isfinite(run.regularizer->value(outcome.solution))) << g->description();
    });
}

// x'A y over two simplexes, where the equilibrium is mixed.
TEST_P(WithGAndNoCurvature, ReachesTheEquilibriumOfAMatrixGame) {
  test::add_matrix_game("matrix-game-of-10", 10);
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, "matrix-game-of-10", GetParam(), "none", "none", 1, std::nullopt, "", make_simplex(1));
    const auto outcome = run.solve({.tolerance = 1e-3, .max_iterations = 100000});
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_GT(outcome.iterations, 20);
    const auto used = std::ranges::count_if(outcome.solution, [](double v) { return v > 0.02; });
    EXPECT_GE(used, 6) << "pure strategies, which are too easy";
  });
}

std::string name_of(std::string method) {
  std::ranges::replace_if(
      method, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return method;
}

INSTANTIATE_TEST_SUITE_P(, WithG,
                         ::testing::Values(Case{"extragradient", 1e-9, 2000}, Case{"optimistic", 1e-9, 2000},
                                           Case{"forb", 1e-9, 2000}, Case{"agraal", 1e-9, 2000},
                                           Case{"halpern:restart=on", 1e-9, 2000}, Case{"halpern", 1e-3, 5000},
                                           Case{"vr-halpern:parameters=aggressive,restart=on,batch=1", 1e-9, 20000},
                                           Case{"compressed-halpern:restart=on,batch=1", 1e-9, 20000},
                                           Case{"feg", 1e-3, 5000}, Case{"eag", 1e-3, 40000},
                                           Case{"vr-extragradient", 1e-9, 20000}, Case{"vr-forb:batch=2", 1e-9, 20000},
                                           Case{"vr-halpern-monotone:inner-length=1", 1e-3, 5000},
                                           Case{"vr-halpern-monotone:inner=accuracy,restart=on", 1e-9, 5000}),
                         [](const auto& instance) { return name_of(instance.param.method); });
INSTANTIATE_TEST_SUITE_P(, WithGAndNoCurvature,
                         ::testing::Values("extragradient:L=8", "optimistic:L=8", "forb:L=8", "agraal", "feg:L=8",
                                           "eag:L=8", "vr-extragradient:L_component=8", "vr-forb:L_component=8,batch=2",
                                           "vr-halpern-monotone:L_component=8,inner-length=1"),
                         [](const auto& instance) { return name_of(instance.param); });

}  // namespace
}  // namespace vireo
