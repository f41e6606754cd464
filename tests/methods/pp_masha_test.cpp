// Pins the methods with partial participation to masha1 and masha2 where all take part, to their textbook recursions,
// and to convergence at the theory's steps.
#include "masha_support.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/masha2_theory.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using test::Assembly;

const std::string problem = "quadratic-game:dimension=20,components=8";

TEST(PpMasha, WithAllWorkersIsItsFullCounterpart) {
  test::on_simulated(2, [](Communicator& comm) {
    const auto run = [&](const std::string& method, const char* up, const char* down, const RegularizerPointer& g) {
      return Assembly(comm, problem, method, up, down, 5, 8, "", g);
    };
    // also the step and the probability are theirs
    auto pp1 = run("pp-masha1:participants=8", "randk:k=5", "randk:k=10", make_l1(0.01));
    auto one = run("masha1", "randk:k=5", "randk:k=10", make_l1(0.01));
    test::expect_equal_iterates(pp1, one, 200, 1e-12);
    auto pp2 = run("pp-masha2:participants=8,step=30x", "topk:k=5", "topk:k=10", nullptr);
    auto two = run("masha2:step=30x", "topk:k=5", "topk:k=10", nullptr);
    test::expect_equal_iterates(pp2, two, 200, 1e-12);
  });
}

TEST(PpMasha, EqualsItsTextbookRecursion) {
  test::on_simulated(1, [](Communicator& comm) {
    constexpr Index d = 20, M = 8, b = 3;
    constexpr std::uint64_t seed = 9;
    const double gamma = 0.05, p = 0.25, tau = 1 - p;
    for (const bool feedback : {false, true}) {
      Assembly run(
          comm, problem,
          std::string(feedback ? "pp-masha2" : "pp-masha1") + ":step=0.05,probability=0.25,refresh=zk,participants=3",
          feedback ? "topk:k=5" : "randk:k=5", "none", seed, M);
      run.method->start(run.z0);
      Vector z = run.z0, w = z;
      std::vector<Vector> e_m(M, Vector(d, 0.0));
      std::vector<int> turns(M, 0);
      for (std::uint64_t k = 0; k < 100; ++k) {
        run.method->iterate();
        const auto S = test::subset({.seed = seed, .purpose = random::Purpose::participants, .iteration = k}, M, b);
        const Vector F_w = run.F(w);
        Vector half(d);
        for (Index j = 0; j < d; ++j) half[j] = tau * z[j] + p * w[j] - gamma * F_w[j];
        Vector z_next = half;
        for (Index m = 0; m < M; ++m) {
          const bool sends = std::ranges::count(S, m) > 0;
          turns[m] += sends ? 1 : 0;
          if (!sends && !feedback) continue;
          Vector x = test::F_m(run, m, half);
          const Vector at_w = test::F_m(run, m, w);
          for (Index j = 0; j < d; ++j) x[j] = gamma * (x[j] - at_w[j]) + e_m[m][j];
          Vector c(d, 0.0);
          if (sends) c = feedback ? test::topk(x, 5) : test::randk(x, 5, {seed, random::Purpose::uplink, m, k});
          for (Index j = 0; j < d; ++j) {
            z_next[j] -= c[j] / static_cast<double>(feedback ? M : b);
            if (feedback) e_m[m][j] = x[j] - c[j];
          }
        }
        if (random::coin({.seed = seed, .purpose = random::Purpose::coin, .iteration = k}, p)) w = z;
        z = z_next;
        ASSERT_LE(test::largest_difference(z, run.method->point()), 1e-11 * (1 + kernels::norm(z))) << k;
      }
      for (const int t : turns) EXPECT_NEAR(t, 37.5, 5 * std::sqrt(100 * 0.375 * 0.625));
    }
  });
}

TEST(PpMasha, TakesTheStepOfItsTheory) {
  test::on_simulated(2, [](Communicator& comm) {
    const double M = 8, b = 3, q_up = 4, q_down = 2, delta = 2, c = (M - b) / (M - 1);
    Assembly one(comm, problem, "pp-masha1:participants=3,step=auto", "randk:k=5", "randk:k=10", 1, 8);
    const double L = one.constants.L->value, L_ms = one.constants.L_ms->value, mu = one.constants.mu->value;
    const double C_q = std::sqrt(q_down * ((1 - c / b) * L * L + (c + q_up - 1) * L_ms * L_ms / b));
    const methods::Masha1Theory of_one{.C = C_q, .probability = b / (q_up * M), .to_next = true, .mu = mu};
    EXPECT_NEAR(test::step_of(*one.method), of_one.step().gamma, 1e-5 * of_one.step().gamma);
    Assembly two(comm, problem, "pp-masha2:participants=3,step=auto", "topk:k=10", "topk:k=10", 1, 8);
    const double delta_up = delta * M / b;
    const auto contractive = [](double of) {
      return CompressorTheory{.kind = CompressorTheory::Kind::contractive, .delta = of, .growth = 1};
    };
    const methods::Masha2Theory of_two{.channel = {contractive(delta_up), contractive(delta)},
                                       .L = L,
                                       .L_ms = L_ms,
                                       .mu = mu,
                                       .probability = 1 / delta_up};
    EXPECT_NEAR(test::step_of(*two.method), of_two.step().gamma, 1e-5 * of_two.step().gamma);
  });
}

TEST(PpMasha, ConvergesAtTheTheorysStep) {
  test::on_simulated(2, [](Communicator& comm) {
    struct Case {
      const char* method;
      const char* up;
      const char* down;
    };
    for (const auto& c :
         {Case{"pp-masha1:participants=2", "randk:fraction=0.25", "none"},
          Case{"pp-masha1:participants=1,refresh=next", "randk:fraction=0.5", "randk:fraction=0.5"},
          Case{"pp-masha1", "none", "none"}, Case{"pp-masha2:participants=2", "topk:fraction=0.75", "none"},
          Case{"pp-masha2:participants=3", "topk:fraction=0.75", "topk:fraction=0.75"}}) {
      Assembly run(comm, "bilinear:dimension=12,components=8,condition=2", c.method, c.up, c.down, 1, 4);
      const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 400000, .return_point = ReturnPoint::best});
      EXPECT_EQ(outcome.termination, Termination::converged) << c.method << " " << c.up << " " << c.down;
      EXPECT_LT(outcome.distance, 1e-9) << c.method << " " << c.up << " " << c.down;
    }
  });
}

TEST(PpMasha, ConvergesWithConstraints) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, problem + ",condition=5", "pp-masha1:participants=3,refresh=next", "randk:fraction=0.25",
                 "randk:fraction=0.5", 1, 8, "", make_box(-0.1, 0.2));
    const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 200000, .return_point = ReturnPoint::best});
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_GT(std::ranges::count(outcome.solution, 0.2), 2);  // the set matters
  });
}

TEST(PpMasha, ChargesWhatTheParticipantsComputeAndSend) {
  test::on_simulated(2, [](Communicator& comm) {
    int refreshes = 0;
    for (std::uint64_t k = 0; k < 100; ++k)
      refreshes += random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, 0.5) ? 1 : 0;
    const Criteria criteria{.tolerance = 0, .max_iterations = 100, .return_point = ReturnPoint::best};
    for (const bool feedback : {false, true}) {
      Assembly run(comm, "bilinear:dimension=40,components=64",
                   std::string(feedback ? "pp-masha2" : "pp-masha1") + ":probability=0.5,participants=3", "none",
                   "none", 1, 16);
      const auto totals = run.solve(criteria, 7).totals;
      // with memories all compute, 3 of 16 send
      EXPECT_EQ(totals.oracle_calls, 64 * (1 + refreshes) + 100 * (feedback ? 64 : 3 * 4));
      EXPECT_EQ(totals.wire_bytes_up, 8 * 40 * (16 * (1 + refreshes) + 3 * 100));
      EXPECT_EQ(totals.wire_bytes_down, 8 * 40 * 16 * (1 + 100 + refreshes));
    }
  });
}

TEST(PpMasha, RefusesWhatItsTheoryDoesNotCover) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto make = [&](const char* method, const char* up, const char* down, const RegularizerPointer& g,
                          bool unproven) { Assembly(comm, problem, method, up, down, 1, 8, "", g, unproven); };
    for (const char* correlated : {"permk", "randk-shared"}) {
      EXPECT_THROW(make("pp-masha1", correlated, "none", nullptr, false), UsageError) << correlated;
      EXPECT_NO_THROW(make("pp-masha1", correlated, "none", nullptr, true)) << correlated;
      EXPECT_THROW(make("pp-masha2", correlated, "none", nullptr, false), UsageError) << correlated;
      EXPECT_NO_THROW(make("pp-masha1", "none", correlated, nullptr, false)) << correlated;  // the server is alone
    }
    EXPECT_THROW(make("pp-masha1", "topk", "none", nullptr, false), UsageError);
    EXPECT_THROW(make("pp-masha2", "none", "natural", nullptr, false), UsageError);
    EXPECT_THROW(make("pp-masha2", "topk", "none", make_l1(0.1), false), UsageError);
    for (const char* method : {"pp-masha1:participants=9", "pp-masha2:participants=9", "pp-masha1:participants=0"})
      EXPECT_THROW(make(method, "none", "none", nullptr, true), UsageError) << method;
  });
}

}  // namespace
}  // namespace vireo
