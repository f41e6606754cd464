// Pins vr-halpern-monotone to its textbook recursion, its inner solve to the accuracy that it promises, its exit and
// its cost, restarts, and its gain over deterministic methods on the bilinear problem of 3000 components.
#include "methods/vr_support.hpp"

namespace vireo {
namespace {

using test::Assembly;
using test::Point;
using test::SampledTextbook;

constexpr double eta = 2;
constexpr double tau = 0.05;
constexpr double p = 0.25;

/// u^{k+1}, from u^k by the recursion on A(v) = eta F(v) + v - u^k with M_k = max(1, floor(c n log(k+2) / b)) steps
test::SampledRecursion recursion(double c, double b) {
  return [c, b](const SampledTextbook& book) {
    return [book, c, b, u0 = book.z0(), u = book.z0(), k = 0, j = std::uint64_t{0}]() mutable -> Point {
      const auto A = [&](const Point& v) -> Point { return eta * book.F(v) + v - u; };
      Point v = u, w = u, w_before = u;
      const auto steps = std::max(1, static_cast<int>(c * book.components() * std::log(k + 2.0) / b));
      for (int i = 0; i < steps; ++i) {
        const Point A_S = eta * book.F_S_difference(j, v, w_before) + v - w_before;
        v = book.prox((1 - p) * v + p * w - tau * (A(w) + A_S), tau * eta);
        w_before = w;
        if (book.coin(j++, p)) w = v;
      }
      u = u0 / (k + 2.0) + (k + 1.0) / (k + 2.0) * v;
      ++k;
      return u;
    };
  };
}

TEST(VrHalpernMonotone, EqualsItsTextbookRecursion) {
  const std::string fixed = "vr-halpern-monotone:step=2,inner-step=0.05,probability=0.25,inner-length=";
  test::expect_sampled_recursion(fixed + "0.05", 1, recursion(0.05, 1));
  test::expect_sampled_recursion(fixed + "0.4,batch=4", 4, recursion(0.4, 4));
}

TEST(VrHalpernMonotone, TakesTheTextsSteps) {
  test::on_simulated(2, [](Communicator& comm) {
    const double n = 27;
    Assembly run(comm, "quadratic-game:dimension=20,components=27", "vr-halpern-monotone:batch=3");
    const double L = run.constants.L->value, L_component = run.constants.L_component->value;
    const double s = (n - 3) / (3 * (n - 1)), p_auto = 3 / n;
    const double L_3 = std::sqrt((1 - s) * L * L + s * L_component * L_component);
    const double eta_auto = std::sqrt(n) / L_component;
    const double tau_auto = 0.99 * std::sqrt(p_auto * (1 - p_auto)) / (eta_auto * L_3 + 1);
    const auto lines = run.method->description();
    const auto number = [&](Index line) { return std::stod(lines[line].second.substr(6)); };  // behind "eta = "
    EXPECT_NEAR(number(0), eta_auto, 1e-5 * eta_auto);
    EXPECT_NEAR(number(1), tau_auto, 1e-5 * tau_auto);
  });
}

/// The v with 0 in eta ( F(v) + dg(v) ) + v - u, by extragradient on eta F(v) + v - u with g in the proximal step
Vector resolvent(Assembly& run, double step, ConstView u) {
  const double t = 0.5 / (step * run.constants.L->value + 1);
  Vector v(u.begin(), u.end());
  const auto moved = [&](const Vector& at) {
    const Vector F = run.F(at);
    Vector next = v;
    for (Index j = 0; j < next.size(); ++j) next[j] -= t * (step * F[j] + at[j] - u[j]);
    run.regularizer->prox(t * step, next);
    return next;
  };
  for (int i = 0; i < 2000; ++i) {
    const Vector half = moved(v);
    v = moved(half);
  }
  return v;
}

TEST(VrHalpernMonotone, SolvesTheInnerProblemAsAccuratelyAsItSays) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_box(-0.2, 0.3), make_l1(0.05)})
    test::on_simulated(1, [&](Communicator& comm) {
      const double accuracy = 1e-4;
      Assembly run(comm, "quadratic-game:dimension=20,components=27,condition=100",
                   "vr-halpern-monotone:inner=accuracy,inner-accuracy=1e-4", "none", "none", 1, 4, "", g);
      const double step = std::sqrt(27.0) / run.constants.L_component->value;
      run.method->start(run.z0);
      for (int k = 0; k < 20; ++k) {
        const Vector u(run.method->point().begin(), run.method->point().end());
        run.method->iterate();
        // v from u^{k+1} = u^0 / (k+2) + (k+1)/(k+2) v
        Vector v(u.size());
        for (Index j = 0; j < v.size(); ++j) v[j] = ((k + 2.0) * run.method->point()[j] - run.z0[j]) / (k + 1.0);
        const double sigma = accuracy / (std::sqrt(k + 3.0) * std::log(k + 3.0));
        const double moved = std::sqrt(kernels::squared_distance(v, u));
        EXPECT_LE(std::sqrt(kernels::squared_distance(v, resolvent(run, step, u))), sigma * moved + 1e-12) << k;
        EXPECT_GT(moved, 1e-3) << k;
      }
    });
}

// The certificate is F(u^k): the exit costs nothing, and all that is done is counted.
TEST(VrHalpernMonotone, StopsOnTheResidualItKnowsAndCountsAllItDoes) {
  test::on_simulated(2, [](Communicator& comm) {
    Assembly run(comm, "bilinear:dimension=20,components=64,condition=5", "vr-halpern-monotone:inner-length=0.5",
                 "none", "none", 1, 16);
    const auto outcome = run.solve({.tolerance = 0.05, .check_every = 1, .max_iterations = 2000});
    EXPECT_EQ(outcome.termination, Termination::converged);
    std::int64_t steps = 0, snapshots = 0;
    for (std::int64_t k = 0; k < outcome.iterations; ++k)
      for (int i = 0; i < static_cast<int>(0.5 * 64 * std::log(static_cast<double>(k) + 2)); ++i, ++steps)
        if (random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = static_cast<std::uint64_t>(steps)},
                         1.0 / 64))
          ++snapshots;
    EXPECT_GT(snapshots, 3);
    EXPECT_EQ(outcome.totals.oracle_calls, 64 * (1 + outcome.iterations + snapshots) + 2 * steps);
  });
}

TEST(VrHalpernMonotone, ReachesTheKnownSolutionWithRestarts) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* inner : {"inner=length,inner-length=0.5", "inner=accuracy", "inner=accuracy,batch=5"})
      for (const char* problem : {"bilinear:dimension=12,components=26,condition=2",
                                  "quadratic-game:dimension=20,components=27,condition=5"}) {
        Assembly run(comm, problem, std::string("vr-halpern-monotone:restart=on,") + inner, "none", "none", 1, 4);
        const auto outcome = run.solve({.tolerance = 1e-10, .check_every = 1, .max_iterations = 20000});
        EXPECT_EQ(outcome.termination, Termination::converged) << problem << ", " << inner;
        EXPECT_LT(outcome.distance, 1e-9) << problem << ", " << inner;
      }
  });
}

// At the solution the error is rounding, and no smaller part of ||w - u||, which is rounding too.
TEST(VrHalpernMonotone, GoesOnWhereRoundingIsAllThatIsLeft) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_box(-0.2, 0.3)}) {
      Assembly run(comm, "quadratic-game:dimension=20,components=27,condition=5",
                   "vr-halpern-monotone:inner=accuracy,inner-accuracy=1e-3,restart=on", "none", "none", 1, 4, "", g);
      run.method->start(run.z0);
      for (int k = 0; k < 1500; ++k) run.method->iterate();
      const Vector u(run.method->point().begin(), run.method->point().end());
      EXPECT_LE(natural_residual(u, run.F(u), *run.regularizer), 1e-14);
    }
  });
}

// Lieder's bound for a nonexpansive map J, ||u^k - J(u^k)|| <= 2 D / (k+1), with room for the inexactness.
TEST(VrHalpernMonotone, OfAccurateResolventsStaysUnderHalpernsBound) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "bilinear:dimension=20,components=32,condition=inf,spectrum=geometric",
                 "vr-halpern-monotone:inner=accuracy,inner-accuracy=1e-3", "none", "none", 1, 4);
    const double step = std::sqrt(32.0) / run.constants.L_component->value;
    const double D = std::sqrt(kernels::squared_distance(run.z0, *run.solution));
    run.method->start(run.z0);
    double nearest = 0;
    for (int k = 1; k <= 100; ++k) {
      run.method->iterate();
      if (k % 20 != 0) continue;
      const Vector J = resolvent(run, step, run.method->point());
      const double of_bound = std::sqrt(kernels::squared_distance(run.method->point(), J)) / (2 * D / (k + 1));
      EXPECT_LE(of_bound, 1) << k;
      nearest = std::max(nearest, of_bound);
    }
    EXPECT_GT(nearest, 0.05);  // the bound says something
  });
}

// n = 3000 components to 1e-2 of the residual at the start: sampled components pay.
TEST(VrHalpernMonotone, TakesAThirdOfTheEvaluationsOfFegAndAHundredthOfExtragradients) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "bilinear:condition=inf,spectrum=geometric,components=3000,dimension=40", "vr-halpern-monotone");
    const auto calls = [&](const char* method, std::int64_t at_most) {
      run.method = test::make_method(run, method);
      run.ledger = {};
      const auto outcome =
          run.solve({.tolerance = 0, .relative_tolerance = 1e-2, .check_every = 1, .max_oracle_calls = at_most});
      EXPECT_EQ(outcome.tolerance_met, outcome.totals.oracle_calls < at_most) << method;
      return static_cast<double>(outcome.totals.oracle_calls);
    };
    const double sampled = calls("vr-halpern-monotone", 2'000'000);
    EXPECT_LE(sampled, 0.35 * calls("feg", 20'000'000));
    EXPECT_LE(sampled, 0.01 * calls("extragradient", 100'000'000));
  });
}

TEST(VrHalpernMonotone, SaysWhatItNeeds) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto make = [&](const std::string& parameters, const char* uplink = "none") {
      Assembly(comm, "bilinear:dimension=20,components=8", "vr-halpern-monotone" + parameters, uplink);
    };
    EXPECT_NO_THROW(make(""));
    EXPECT_THROW(make("", "randk"), UsageError);
    EXPECT_THROW(make(":inner=long"), UsageError);
    EXPECT_THROW(make(":inner-length=0"), UsageError);
    EXPECT_THROW(make(":inner-accuracy=-1"), UsageError);
    EXPECT_THROW(make(":probability=1"), UsageError);
  });
}

}  // namespace
}  // namespace vireo
