// Pins agraal to its textbook recursion, its steps to the paper's bounds, and its convergence where nobody tells it a
// constant.
#include "methods/agraal.hpp"

#include "methods/linear_problem.hpp"
#include "methods/support.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

using test::Point;
using test::Textbook;

// By the kernel, and below in the method's order of operations: steps that follow the rounding errors of the steps
// before them multiply a difference, up to four times an iteration.
double squared(const Point& v) { return kernels::squared_norm({std::begin(v), v.size()}); }

/// Algorithm 1 with the paper's indices: z_0 is `before`, z_1 the starting point.
test::Recursion algorithm_1(double phi, double lambda_0, const std::function<Point(const Textbook&)>& before,
                            double largest = std::numeric_limits<double>::infinity()) {
  return [=](const Textbook& book) {
    return [book, phi, largest, z_bar = book.z0, z = book.z0, z_before = before(book),
            lambda = lambda_0 > 0
                         ? lambda_0
                         : std::sqrt(squared(book.z0 - before(book)) / squared(book.F(book.z0) - book.F(before(book)))),
            theta = 1.0]() mutable -> Point {
      const double rho = 1 / phi + 1 / (phi * phi);
      const double moved = squared(z - z_before), changed = squared(book.F(z) - book.F(z_before));
      double step = std::min(rho * lambda, largest);
      if (changed > 0) step = std::min(step, phi * theta / (4 * lambda) * (moved / changed));
      z_bar = (phi - 1) / phi * z + 1 / phi * z_bar;
      const Point next = book.prox(z_bar - step * book.F(z), step);
      theta = phi * step / lambda;
      lambda = step;
      z_before = z;
      z = next;
      return z;
    };
  };
}

TEST(Agraal, EqualsAlgorithm1FromAGivenFirstStep) {
  const auto same_point = [](const Textbook& book) { return book.z0; };
  test::expect_recursion_everywhere("agraal:first_step=0.1", algorithm_1(1.5, 0.1, same_point));
  // the default of version 0.1.0, with which its checkpoints go on
  test::expect_recursion_everywhere("agraal:first_step=0.1,largest_step=1e6", algorithm_1(1.5, 0.1, same_point, 1e6));
  test::expect_recursion_everywhere("agraal:first_step=0.1,phi=1.618,largest_step=0.4",
                                    algorithm_1(1.618, 0.1, same_point, 0.4));
}

TEST(Agraal, EqualsAlgorithm1FromAProbe) {
  const auto probe = [](const Textbook& book) {
    const Point F = book.F(book.z0);
    const double d = 1e-6 * (1 + std::sqrt(squared(book.z0))) / std::sqrt(squared(F));
    return book.prox(book.z0 - d * F, d);
  };
  // 1e-10: the probe is 1e-6 away, so the first step has rounding errors 1e6 times larger, which later steps inherit
  test::expect_recursion_everywhere("agraal", algorithm_1(1.5, 0, probe), true, 1e-10);
}

// What the paper says of the steps, with L known here and hidden from the method:
//   lambda_k <= (1/phi + 1/phi^2) lambda_{k-1},  lambda_k <= lambda_max,  theta_k <= 1 + 1/phi,
//   lambda_k^2 ||F(z^k) - F(z^{k-1})||^2 <= theta_k theta_{k-1} / 4 ||z^k - z^{k-1}||^2                          (18)
//   lambda_k >= min(first steps, phi^2 / (4 L^2 lambda_max))                                                  (Lemma 2)
TEST(Agraal, StepsStayWithinThePapersBounds) {
  constexpr double phi = 1.5, largest = 3;
  for (const char* problem :
       {"quadratic-game:dimension=40,components=8,condition=100", "bilinear:dimension=40,components=8,condition=1000"})
    test::on_simulated(1, [&](Communicator& comm) {
      test::Assembly run(comm, problem, "extragradient");
      const double L = run.constants.L->value;
      const auto method = test::make_method(run, "agraal:largest_step=3", {.constants = Constants{}});
      const auto& agraal = dynamic_cast<const methods::GoldenRatio&>(*method);
      method->start(run.z0);
      double lambda = agraal.step(), theta = agraal.theta(), least = lambda;
      bool grows = false, falls = false;
      for (int k = 0; k < 500; ++k) {
        const double inverse_curvature = agraal.inverse_curvature();
        EXPECT_GE(std::sqrt(inverse_curvature), (1 - 1e-6) / L);
        method->iterate();
        const double next = agraal.step();
        constexpr double rounding = 1 + 1e-14;
        ASSERT_LE(next, (1 / phi + 1 / (phi * phi)) * lambda * rounding) << k;
        ASSERT_LE(next, largest) << k;
        ASSERT_LE(agraal.theta(), (1 + 1 / phi) * rounding) << k;
        ASSERT_LE(next * next, agraal.theta() * theta / 4 * inverse_curvature * rounding) << k;
        if (k < 2) least = std::min(least, next);
        ASSERT_GE(next, std::min(least, phi * phi / (4 * L * L * largest))) << k;
        grows = grows || next > lambda;
        falls = falls || next < lambda;
        lambda = next;
        theta = agraal.theta();
      }
      EXPECT_TRUE(grows && falls);  // it adapts
    });
}

// Without a largest step, with L known here and hidden from the method: the products of the steps that the header's
// proof rests on, and the bound on their sum
TEST(Agraal, StepsNeedNoLargestOne) {
  const double phi = 1.5, r = 1 / phi + 1 / (phi * phi);
  for (const char* problem :
       {"quadratic-game:dimension=40,components=8,condition=100", "bilinear:dimension=40,components=8,condition=1000"})
    test::on_simulated(1, [&](Communicator& comm) {
      test::Assembly run(comm, problem, "agraal");
      const double L = run.constants.L->value;
      const auto& agraal = dynamic_cast<const methods::GoldenRatio&>(*run.method);
      run.method->start(run.z0);
      std::vector<double> x{2 * L * agraal.step() / phi};
      double sum = 0, moving = 0;
      for (int k = 0; k < 500; ++k) {
        run.method->iterate();
        x.push_back(2 * L * agraal.step() / phi);
        const auto now = x.rbegin();
        ASSERT_LE(now[0], r * now[1] * (1 + 1e-14)) << k;
        if (k >= 2 && now[0] < r * now[1] * (1 - 1e-14)) {
          ASSERT_GE(now[0] * now[2], 1 - 1e-6) << k;
          moving = std::max(moving, 1.0);
        }
        if (moving > 0) sum += now[0], moving += 1;
        ASSERT_GE(sum, std::sqrt((r - 1) / 2) * (moving - 1)) << k;
      }
      EXPECT_GT(moving, 100);
    });
}

// However small F is: steps of 1e9, where version 0.1.0 had none above 1e6
TEST(Agraal, FollowsTheScaleOfF) {
  test::add_linear_problem("game-of-small-numbers",
                           test::scaled_rotations({0.2, 1.0, 1.4, 0.0, -1.2}, {1e-9, 5e-10, 1e-9, 1e-10, 3e-10}));
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, "game-of-small-numbers", "agraal");
    run.method->start(run.z0);
    const double at_start = kernels::norm(run.F(run.z0));
    for (int k = 0; k < 300; ++k) run.method->iterate();
    EXPECT_LT(kernels::norm(run.F(run.method->point())), 1e-5 * at_start);
  });
}

// Nor does a step overflow where nothing is learned of F: at a corner.
TEST(Agraal, KeepsTheStepWhereThePointStays) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20", "agraal", "none", "none", 1, std::nullopt, "",
                       make_box(-1e-3, 1e-3));
    run.method->start(run.z0);
    const auto& agraal = dynamic_cast<const methods::GoldenRatio&>(*run.method);
    for (int k = 0; k < 2000; ++k) run.method->iterate();
    EXPECT_LT(agraal.step(), 1e6);
    EXPECT_LT(natural_residual(run.method->point(), run.F(run.method->point()), *run.regularizer), 1e-12);
  });
}

// Twice the digits take twice the iterations, and the number of iterations does not depend on the scale of F.
TEST(Agraal, ConvergesLinearlyWithoutKnowingTheConstant) {
  std::int64_t at_scale_one = 0;
  for (const double scale : {1.0, 1e-3, 1e3}) {
    const std::string name = "game-scaled-" + format_real(scale);
    test::add_linear_problem(name, test::scaled_rotations({0.2, 1.0, 1.4, 0.0, -1.2},
                                                          {scale, 0.5 * scale, scale, 0.1 * scale, 0.3 * scale}));
    test::on_simulated(2, [&](Communicator& comm) {
      test::Assembly run(comm, name, "extragradient");
      const auto iterations_to = [&](double tolerance) {
        run.method = test::make_method(run, "agraal", {.constants = Constants{}});
        const auto outcome = run.solve({.tolerance = 0, .relative_tolerance = tolerance, .max_iterations = 20000});
        EXPECT_EQ(outcome.termination, Termination::converged) << name;
        return outcome.iterations;
      };
      const auto half = iterations_to(1e-5), whole = iterations_to(1e-10);
      EXPECT_LE(whole, 5 * half / 2) << name;  // twice as many, if linear
      EXPECT_LE(whole, 600) << name;
      if (comm.rank() != 0) return;
      if (scale == 1.0) at_scale_one = whole;
      EXPECT_LE(std::abs(whole - at_scale_one), at_scale_one / 5) << name;
    });
  }
}

TEST(Agraal, CountsOneEvaluationAnIterationAndTwoToBegin) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const auto& [spec, to_begin] : {std::pair{"agraal", 2}, std::pair{"agraal:first_step=0.1", 1}}) {
      test::Assembly run(comm, "bilinear:dimension=20,components=64", spec);
      const auto outcome = run.solve({.tolerance = 0, .check_every = 1, .max_iterations = 10}, 1);
      EXPECT_EQ(outcome.totals.oracle_calls, 64 * (10 + to_begin));
      EXPECT_EQ(outcome.totals.monitor_oracle_calls, 64);  // the check at the end alone: rows cost nothing
    }
  });
}

TEST(Agraal, StaysAtASolution) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20", "agraal");
    run.method->start(*run.solution);
    for (int k = 0; k < 200; ++k) run.method->iterate();
    EXPECT_LT(kernels::squared_distance(run.method->point(), *run.solution), 1e-20);
  });
}

TEST(Agraal, TakesPhiUpToTheGoldenRatioOnly) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20", "agraal:phi=1.618033988749894");
    EXPECT_THROW((void)test::make_method(run, "agraal:phi=1.6181"), UsageError);
    EXPECT_THROW((void)test::make_method(run, "agraal:phi=1"), UsageError);
  });
}

}  // namespace
}  // namespace vireo
