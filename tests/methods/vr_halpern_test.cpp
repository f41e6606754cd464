// Pins vr-halpern to its textbook recursion, to results that do not depend on the split, to the deterministic iteration
// for whole batches, to its bound, and to the numbers of evaluations that the reference program finds; and that it
// refuses what is not cocoercive, where it diverges.
#include "methods/estimated_halpern.hpp"

#include <set>

#include "methods/estimated_textbook.hpp"
#include "methods/linear_problem.hpp"
#include "methods/masha_support.hpp"
#include "methods/support.hpp"

namespace vireo {
namespace {

using test::CompressedTextbook;
using test::EstimatedTextbook;
using Point = CompressedTextbook::Point;

/// F_S(u) - F_S(v), S: b of n components without replacement, where each worker holds one component
EstimatedTextbook::Difference sampled(Index b) {
  return [b](const CompressedTextbook& book, std::uint64_t k, const Point& u, const Point& v) {
    Point sum = Point::Zero(u.size());
    for (const Index i : test::subset({.seed = 9, .purpose = random::Purpose::sample, .iteration = k}, book.M, b))
      sum += book.F(i, u) - book.F(i, v);
    return Point(sum / static_cast<double>(b));
  };
}

TEST(VrHalpern, EqualsItsTextbookRecursion) {
  const std::string problem = "quadratic-game:dimension=20,components=40";
  const std::string how = "vr-halpern:step=0.3,probability=0.1,batch=3";
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05), make_box(-0.2, 0.3)}) {
    const bool with_g = g != nullptr;
    const auto expect = [&](const std::string& method, const test::EstimatedTextbookSettings& settings) {
      test::expect_compressed_recursion(problem, method, "none", "none", g, [&](const CompressedTextbook& book) {
        return EstimatedTextbook(book, settings, sampled(3));
      });
    };
    expect(how, {.g = with_g});
    expect(how + ",anchor=1", {.a = 1, .g = with_g});
    expect(how + ",restart=on", {.restart = true, .g = with_g});
    expect("vr-halpern:step=30,probability=0.1,batch=3,safeguard=on,restart=on",
           {.eta = 30, .restart = true, .safeguard = true, .g = with_g});
  }
}

TEST(VrHalpern, TheTextbookRestartsAndGoesBack) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "quadratic-game:dimension=20,components=40", "extragradient", "none", "none", 9);
    const CompressedTextbook book(run, "none", "none");
    EstimatedTextbook restarted(book, {.restart = true}, sampled(3));
    EstimatedTextbook guarded(book, {.eta = 30, .safeguard = true}, sampled(3));
    for (std::uint64_t k = 0; k < 50; ++k) {
      restarted(k);
      guarded(k);
    }
    EXPECT_GE(restarted.restarts(), 1);
    EXPECT_GE(guarded.returns(), 2);
  });
}

// The same components, however they are dealt out: only the order of summation differs.
TEST(VrHalpern, DoesNotDependOnTheSplit) {
  for (const std::string problem :
       {"rotations:dimension=20,components=101", "matrix-game:matrix=random,rows=9,columns=6,sampling=importance"})
    test::on_simulated(2, [&](Communicator& comm) {
      const auto run = [&](Index M) {
        test::Assembly one(comm, problem, "vr-halpern:step=0.1,batch=3,probability=0.05", "none", "none", 5, M, "",
                           nullptr, true);
        return one;
      };
      auto whole = run(1);
      for (const Index M : {Index{2}, Index{5}, Index{6}}) {
        auto dealt = run(M);
        whole.method->start(whole.z0);
        dealt.method->start(dealt.z0);
        for (int k = 0; k < 100; ++k) {
          whole.method->iterate();
          dealt.method->iterate();
          ASSERT_LE(test::largest_difference(whole.method->point(), dealt.method->point()),
                    1e-12 * (1 + kernels::norm(whole.method->point())))
              << problem << " M=" << M << " k=" << k;
        }
        whole.method =
            test::make_method(whole, "vr-halpern:step=0.1,batch=3,probability=0.05", {.allow_unproven = true});
      }
    });
}

// One component, or batches that cost as much as all: the deterministic iteration, and never an estimate.
TEST(VrHalpern, WithWholeBatchesIsDeterministic) {
  for (const auto& [components, batch] : {std::pair{1, 1}, {6, 6}, {6, 3}, {7, 4}}) {
    const auto problem = "rotations:dimension=20,components=" + std::to_string(components);
    const auto method = "vr-halpern:step=0.5,batch=" + std::to_string(batch);
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(problem, method, "none", "none", g, [&](const CompressedTextbook& book) {
        return [&book, u = book.z0(), k = 0.0](std::uint64_t) mutable -> Point {
          u = book.prox(0.5, 2 / (k + 4) * book.z0() + (k + 2) / (k + 4) * u - 0.5 * book.F(u));
          ++k;
          return u;
        };
      });
    test::on_simulated(1, [&, n = components](Communicator& comm) {
      test::Assembly run(comm, problem, method);
      const auto outcome = run.solve({.tolerance = 1e-2, .max_iterations = 100000});
      EXPECT_EQ(outcome.termination, Termination::converged);
      EXPECT_EQ(outcome.totals.oracle_calls, n * (outcome.iterations + 1));
    });
  }
}

TEST(VrHalpern, EvaluatesTwoBatchesAndOnlyHoldersOfSampledComponentsSend) {
  test::on_simulated(2, [](Communicator& comm) {
    constexpr Index n = 400, M = 20, b = 5, d = 12;
    constexpr std::uint64_t seed = 4;
    test::Assembly run(comm, "rotations:dimension=12,components=400", "vr-halpern:batch=5,probability=0.1", "none",
                       "none", seed, M);
    run.method->start(run.z0);
    run.ledger = {};
    int refreshes = 0;
    for (std::uint64_t k = 1; k <= 200; ++k) {
      run.ledger = {};
      run.method->iterate();
      const auto calls = combine(comm, run.ledger.oracle_calls, Reduction::sum);
      const auto up = combine(comm, run.ledger.wire_bytes_up, Reduction::sum);
      if (run.method->certificate()) {
        ++refreshes;
        EXPECT_EQ(calls, n);
        EXPECT_EQ(up, 8 * d * M);
        continue;
      }
      EXPECT_EQ(calls, 2 * b);
      std::set<Index> holders;
      for (const Index i : test::subset({.seed = seed, .purpose = random::Purpose::sample, .iteration = k}, n, b))
        holders.insert(i / (n / M));
      EXPECT_EQ(up, static_cast<std::int64_t>(8 * d * holders.size())) << k;
    }
    EXPECT_GT(refreshes, 15);
    EXPECT_LT(refreshes, 60);
  });
}

// E||F(u_k)|| <= 4 ||u_0 - u*|| / (eta (k+3)), mean of 30 seeds, for steps up to the certified one
TEST(VrHalpern, StaysUnderItsBoundInTheMean) {
  for (const char* method : {"vr-halpern", "vr-halpern:parameters=paper"})
    test::on_simulated(1, [&](Communicator& comm) {
      constexpr int iterations = 300, seeds = 30;
      std::vector<double> mean(iterations + 1, 0.0);
      double eta = 0, D = 0;
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        test::Assembly run(comm, "rotations:dimension=40,components=400", method, "none", "none", seed, 1);
        eta = dynamic_cast<const methods::EstimatedHalpern&>(*run.method).step();
        D = std::sqrt(kernels::squared_distance(run.z0, *run.solution));
        run.method->start(run.z0);
        for (int k = 1; k <= iterations; ++k) {
          run.method->iterate();
          mean[static_cast<std::size_t>(k)] += kernels::norm(run.F(run.method->point())) / seeds;
        }
      }
      double nearest = 0;
      for (int k = 1; k <= iterations; ++k) {
        const double ratio = mean[static_cast<std::size_t>(k)] * eta * (k + 3) / (4 * D);
        EXPECT_LE(ratio, 1) << method << " k = " << k;
        nearest = std::max(nearest, ratio);
      }
      EXPECT_GT(nearest, 0.02);  // the bound says something
    });
}

std::int64_t calls_to(Communicator& comm, const std::string& problem, const std::string& method, double eps,
                      std::uint64_t seed = 1) {
  test::Assembly run(comm, problem, method, "none", "none", seed, 1);
  const auto outcome = run.solve(
      {.tolerance = 0, .relative_tolerance = eps, .max_iterations = 1000000, .return_point = ReturnPoint::best});
  EXPECT_EQ(outcome.termination, Termination::converged) << method;
  EXPECT_LE(outcome.residual, eps * outcome.initial_residual) << method;
  return outcome.totals.oracle_calls;
}

// The reference program: 0.32 and 0.14 to 0.19 of deterministic Halpern's evaluations; 1.0 with the paper's parameters.
TEST(VrHalpern, NeedsAFractionOfTheEvaluationsOfHalpern) {
  test::on_simulated(1, [](Communicator& comm) {
    const std::string problem = "rotations:dimension=80,components=10000";
    const auto halpern = static_cast<double>(calls_to(comm, problem, "halpern", 1e-2));
    const auto ratio = [&](const std::string& method) {
      std::vector<double> ratios;
      for (std::uint64_t seed = 1; seed <= 3; ++seed)
        ratios.push_back(static_cast<double>(calls_to(comm, problem, method, 1e-2, seed)) / halpern);
      std::ranges::sort(ratios);
      return ratios[1];
    };
    EXPECT_LE(ratio("vr-halpern"), 0.45);
    EXPECT_LE(ratio("vr-halpern:parameters=aggressive"), 0.25);
    EXPECT_LE(ratio("vr-halpern:parameters=paper"), 1.2);
    EXPECT_GE(ratio("vr-halpern:parameters=paper"), 0.6);
  });
}

TEST(VrHalpern, RestartsConvergeLinearly) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.02), make_simplex(1)}) {
      const auto reaches = [&](const char* method) {
        test::Assembly run(comm, "rotations:dimension=20,components=400,smallest=0.5", method, "none", "none", 1, 4, "",
                           g);
        return run.solve({.tolerance = 1e-9, .max_iterations = 30000, .return_point = ReturnPoint::best}).termination;
      };
      EXPECT_EQ(reaches("vr-halpern:restart=on"), Termination::converged);
      EXPECT_EQ(reaches("vr-halpern:parameters=aggressive,restart=on"), Termination::converged);
      // at a kink of g, the natural residual is zero long before F + dg is
      if (!g) {
        EXPECT_EQ(reaches("vr-halpern:restart=off"), Termination::max_iterations);
      }
    }
  });
}

TEST(VrHalpern, TheSafeguardSavesAStepThatIsTooLong) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto end = [&](const char* method) {
      test::Assembly run(comm, "rotations:dimension=40,components=400", method, "none", "none", 1, 4);
      const auto outcome = run.solve({.tolerance = 1e-2, .max_iterations = 50000, .return_point = ReturnPoint::best});
      return std::pair{outcome.termination, dynamic_cast<const methods::EstimatedHalpern&>(*run.method).step()};
    };
    EXPECT_EQ(end("vr-halpern:step=20").first, Termination::diverged);
    const auto [termination, step] = end("vr-halpern:step=20,safeguard=on");
    EXPECT_EQ(termination, Termination::converged);
    EXPECT_LE(step, 5);
    EXPECT_GE(step, 20.0 / 1024);
  });
}

void expect_refused(test::Assembly& run, const std::string& method, const std::string& what,
                    const test::MethodSettings& settings = {}) {
  try {
    (void)test::make_method(run, method, settings);
    ADD_FAILURE() << "accepted";
  } catch (const UsageError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(what), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(VrHalpern, RefusesTheBilinearProblemWhereItDiverges) {
  test::on_simulated(2, [](Communicator& comm) {
    const std::string bilinear = "bilinear:dimension=20,components=64,condition=inf";
    test::Assembly run(comm, bilinear, "extragradient");
    for (const char* method : {"vr-halpern", "vr-halpern:step=0.1", "vr-halpern:parameters=aggressive"}) {
      expect_refused(run, method, "cocoercive");
      expect_refused(run, method, "--allow-unproven");
    }
    expect_refused(run, "vr-halpern", "uplink: ", {.uplink = "natural", .allow_unproven = true});

    run.method = test::make_method(run, "vr-halpern", {.allow_unproven = true});
    const auto outcome = run.solve({.tolerance = 1e-6, .max_iterations = 200000, .return_point = ReturnPoint::best});
    EXPECT_EQ(outcome.termination, Termination::diverged);
    EXPECT_TRUE(std::isfinite(outcome.residual));
  });
}

std::string line_of(const Method& method, const std::string& name) {
  for (const auto& [key, value] : method.description())
    if (key == name) return value;
  return {};
}

TEST(VrHalpern, SaysWhatItChoseAndWarnsWhereItIsNotLikelyToPay) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly many(comm, "rotations:dimension=20,components=10000", "vr-halpern", "none", "none", 1, 4);
    EXPECT_EQ(line_of(*many.method, "batch"), "b = 25 of 10000 components");
    EXPECT_NE(line_of(*many.method, "refresh").find("0.005"), std::string::npos);
    EXPECT_NEAR(test::step_of(*many.method), 0.1956, 1e-3);
    EXPECT_EQ(line_of(*many.method, "warning"), "");
    EXPECT_NEAR(test::step_of(*test::make_method(many, "vr-halpern:parameters=paper")), 0.25, 1e-12);
    EXPECT_NEAR(test::step_of(*test::make_method(many, "vr-halpern:cocoercivity_component=4,parameters=aggressive")),
                0.25, 1e-12);

    test::Assembly few(comm, "rotations:dimension=20,components=64", "vr-halpern");
    const auto warning = line_of(*few.method, "warning");
    EXPECT_NE(warning.find("halpern"), std::string::npos) << warning;
    EXPECT_NE(warning.find("sqrt(n)"), std::string::npos) << warning;
  });
}

}  // namespace
}  // namespace vireo
