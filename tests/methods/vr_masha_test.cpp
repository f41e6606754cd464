// Pins the variance-reduced methods to masha1 and masha2 for whole batches, to their textbook recursions, to samples
// without bias also where shards differ in size, and to convergence at the theory's steps.
#include "masha_support.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/masha2_theory.hpp"
#include "methods/sampling.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using test::Assembly;

const std::string unequal = "quadratic-game:dimension=20,components=27";  // 8 workers with 3 or 4 components

TEST(VrMasha, WithAllComponentsIsItsFullCounterpart) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
    test::on_simulated(2, [&](Communicator& comm) {
      const auto run = [&](const std::string& method, const char* up, const char* down, const RegularizerPointer& h) {
        return Assembly(comm, unequal, method + ",step=0.05,probability=0.25", up, down, 5, 8, "", h);
      };
      auto vr1 = run("vr-masha1:refresh=zk,batch=4", "randk:k=5", "randk:k=10", g);
      auto one = run("masha1:refresh=zk", "randk:k=5", "randk:k=10", g);
      test::expect_equal_iterates(vr1, one, 100, 1e-12);
      auto vr2 = run("vr-masha2:batch=9", "topk:k=5", "topk:k=10", nullptr);  // more than there are: all
      auto two = run("masha2:refresh=zk", "topk:k=5", "topk:k=10", nullptr);
      test::expect_equal_iterates(vr2, two, 100, 1e-12);
    });
}

/// F_{m,B}(z) from single components: the mean over B, times the shard's share in F
Vector sampled_F_m(const Assembly& run, Index m, std::uint64_t k, Index b, ConstView z) {
  const auto& shard = run.problem->operators()->shard(m);
  const auto M = static_cast<double>(run.problem->layout().workers());
  const double share = M * static_cast<double>(shard.components()) / static_cast<double>(run.problem->components());
  const auto B = test::subset({run.exchange->seed(), random::Purpose::sample, m, k}, shard.components(), b);
  Vector sum(z.size(), 0.0), one(z.size());
  for (const Index i : B) {
    shard.batch_mean({&i, 1}, z, one);
    kernels::axpy(share / static_cast<double>(b), one, sum);
  }
  return sum;
}

TEST(VrMasha, EqualsItsTextbookRecursion) {
  test::on_simulated(1, [](Communicator& comm) {
    constexpr Index d = 20, M = 8, b = 2;
    constexpr std::uint64_t seed = 9;
    const double gamma = 0.05, p = 0.25, tau = 1 - p;
    for (const bool feedback : {false, true}) {
      Assembly run(comm, unequal,
                   std::string(feedback ? "vr-masha2" : "vr-masha1") + ":step=0.05,probability=0.25,refresh=zk,batch=2",
                   feedback ? "topk:k=5" : "randk:k=5", "none", seed, M);
      run.method->start(run.z0);
      Vector z = run.z0, w = z;
      std::vector<Vector> e_m(M, Vector(d, 0.0));
      for (std::uint64_t k = 0; k < 60; ++k) {
        run.method->iterate();
        const Vector F_w = run.F(w);
        Vector half(d);
        for (Index j = 0; j < d; ++j) half[j] = tau * z[j] + p * w[j] - gamma * F_w[j];
        Vector z_next = half;
        for (Index m = 0; m < M; ++m) {
          Vector x = sampled_F_m(run, m, k, b, half);
          const Vector at_w = sampled_F_m(run, m, k, b, w);
          for (Index j = 0; j < d; ++j) x[j] = gamma * (x[j] - at_w[j]) + e_m[m][j];
          const Vector c = feedback ? test::topk(x, 5) : test::randk(x, 5, {seed, random::Purpose::uplink, m, k});
          for (Index j = 0; j < d; ++j) {
            z_next[j] -= c[j] / static_cast<double>(M);
            if (feedback) e_m[m][j] = x[j] - c[j];
          }
        }
        if (random::coin({.seed = seed, .purpose = random::Purpose::coin, .iteration = k}, p)) w = z;
        z = z_next;
        ASSERT_LE(test::largest_difference(z, run.method->point()), 1e-11 * (1 + kernels::norm(z))) << k;
      }
    }
  });
}

// Over many batches: the mean is F_m(u) - F_m(v), in standard errors of each coordinate, and the mean square, averaged
// over the workers, is within the bound that steps rest on. Shards of different sizes; laws that are not uniform.
TEST(VrMasha, SamplesHaveTheMeanAndTheMeanSquareThatStepsRestOn) {
  const std::string game = "matrix-game:matrix=policeman-burglar,seed=1,";
  for (const auto& [problem, M] : {std::pair<std::string, Index>{unequal, 8},
                                   {game + "rows=9", 4},
                                   {game + "rows=9,sampling=importance", 4},
                                   {"matrix-game:matrix=random,rows=7,columns=4", 3}})
    for (const char* batch : {"1", "2"})
      test::on_simulated(1, [&, &problem = problem, M = M](Communicator& comm) {
        SCOPED_TRACE(problem + ", batch=" + batch);
        Assembly run(comm, problem, "extragradient", "none", "none", 3, M);
        const MethodContext context{*run.oracle, *run.exchange, *run.regularizer, {}, run.constants, 3};
        methods::SampledDifference difference(context, Parameters("method", {"vr-masha1", {{"batch", batch}}},
                                                                  {methods::SampledDifference::parameter()}));
        const Index d = run.z0.size();
        Vector u(d), v(d), D(d);
        random::normals({.seed = 1}, 0, u);
        random::normals({.seed = 2}, 0, v);
        double mean_square = 0;
        for (Index m = 0; m < M; ++m) {
          constexpr int draws = 8000;
          const Vector at_u = test::F_m(run, m, u), at_v = test::F_m(run, m, v);
          Vector sum(d, 0.0), squares(d, 0.0);
          for (int k = 0; k < draws; ++k) {
            difference(m, k, u, v, D);
            mean_square += kernels::squared_norm(D) / draws / static_cast<double>(M);
            for (Index j = 0; j < d; ++j) {
              const double deviation = D[j] - (at_u[j] - at_v[j]);
              sum[j] += deviation;
              squares[j] += deviation * deviation;
            }
          }
          const double rounding = 1e-14 * (kernels::norm(at_u) + kernels::norm(at_v));
          double largest = 0;
          for (Index j = 0; j < d; ++j) {
            const double error = std::sqrt(squares[j]) / draws;
            EXPECT_LE(std::abs(sum[j] / draws), 5 * error + rounding) << "m=" << m << " j=" << j;
            largest = std::max(largest, error);
          }
          const bool whole = run.oracle->components_of(m) <= static_cast<Index>(std::stoi(batch));
          EXPECT_EQ(largest <= rounding, whole) << m;
        }
        const auto [s, W] = difference.moments();
        const double L_tilde = run.constants.L_tilde->value, L_component = run.constants.L_component->value;
        const double bound = (1 - s) * L_tilde * L_tilde + s * W * L_component * L_component;
        EXPECT_LE(mean_square, 1.01 * bound * kernels::squared_distance(u, v));
        EXPECT_GE(mean_square, 0.02 * bound * kernels::squared_distance(u, v));  // and the bound is of its size
      });
}

// With one component each: C_q^2 = q_serv ( L^2 + q_dev L_hat^2 / M ), L_hat^2 = (M r / n) L_component^2, and
// L_hat in place of L_tilde for masha2.
TEST(VrMasha, TakesTheTextsStepForOneComponent) {
  test::on_simulated(2, [](Communicator& comm) {
    const double M = 8, n = 27, r = 4, q_up = 4, q_down = 2, delta = 2;
    Assembly one(comm, unequal, "vr-masha1:step=auto", "randk:k=5", "randk:k=10", 1, 8);
    const double L = one.constants.L->value, mu = one.constants.mu->value;
    const double L_hat = std::sqrt(M * r / n) * one.constants.L_component->value;
    const double C_q = std::sqrt(q_down * (L * L + q_up * L_hat * L_hat / M));
    // 1/beta < M/n
    const methods::Masha1Theory of_one{.C = C_q, .probability = 1.0 / 4, .to_next = true, .mu = mu};
    EXPECT_NEAR(test::step_of(*one.method), of_one.step().gamma, 1e-5 * of_one.step().gamma);
    Assembly two(comm, unequal, "vr-masha2:step=auto", "topk:k=10", "none", 1, 8);
    const CompressorTheory up{.kind = CompressorTheory::Kind::contractive, .delta = delta, .growth = 1};
    // M/n < 1/delta
    const methods::Masha2Theory of_two{.channel = {up, {}}, .L = L, .L_ms = L_hat, .mu = mu, .probability = M / n};
    EXPECT_NEAR(test::step_of(*two.method), of_two.step().gamma, 1e-5 * of_two.step().gamma);
  });
}

TEST(VrMasha, ConvergesAtTheTheorysStep) {
  test::on_simulated(2, [](Communicator& comm) {
    struct Case {
      const char* method;
      const char* up;
      const char* down;
    };
    for (const auto& c :
         {Case{"vr-masha1", "randk:fraction=0.25", "none"},
          Case{"vr-masha1:batch=3,refresh=next", "randk:fraction=0.25", "randk:fraction=0.5"},
          Case{"vr-masha1:batch=2", "permk", "natural"}, Case{"vr-masha1", "randk-shared:fraction=0.5", "none"},
          Case{"vr-masha2", "topk:fraction=0.5", "none"},
          Case{"vr-masha2:batch=2", "topk:fraction=0.75", "topk:fraction=0.75"}}) {
      Assembly run(comm, "bilinear:dimension=12,components=26,condition=2", c.method, c.up, c.down, 1, 4);
      const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 400000, .return_point = ReturnPoint::best});
      EXPECT_EQ(outcome.termination, Termination::converged) << c.method << " " << c.up << " " << c.down;
      EXPECT_LT(outcome.distance, 1e-9) << c.method << " " << c.up << " " << c.down;
    }
  });
}

TEST(VrMasha, ConvergesWithConstraints) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, unequal + ",condition=5", "vr-masha1:refresh=next", "randk:fraction=0.25", "randk:fraction=0.5",
                 1, 8, "", make_box(-0.1, 0.2));
    const auto outcome = run.solve({.tolerance = 1e-10, .max_iterations = 200000, .return_point = ReturnPoint::best});
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_GT(std::ranges::count(outcome.solution, 0.2), 2);  // the set matters
  });
}

TEST(VrMasha, ChargesTwoBatchesAnIterationAndAllComponentsARefresh) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* method :
         {"vr-masha1:probability=0.5,batch=3,step=1e-3", "vr-masha2:probability=0.5,batch=3,step=1e-3"}) {
      Assembly run(comm, "bilinear:dimension=40,components=64", method, "none", "none", 1, 16);
      int refreshes = 0;
      for (std::uint64_t k = 0; k < 100; ++k)
        refreshes += random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, 0.5) ? 1 : 0;
      const auto outcome = run.solve({.tolerance = 0, .max_iterations = 100, .return_point = ReturnPoint::best}, 7);
      EXPECT_EQ(outcome.totals.oracle_calls, 64 * (1 + refreshes) + 100 * 16 * 2 * 3);
      EXPECT_EQ(outcome.totals.wire_bytes_up, 16 * 8 * 40 * (1 + 100 + refreshes));
      EXPECT_EQ(outcome.totals.wire_bytes_down, 16 * 8 * 40 * (1 + 100 + refreshes));
    }
  });
}

TEST(VrMasha, RefusesWhatItsTheoryDoesNotCover) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto make = [&](const char* method, const char* up, const char* down, const RegularizerPointer& g,
                          bool unproven) {
      Assembly(comm, "bilinear:dimension=20,components=8", method, up, down, 1, std::nullopt, "", g, unproven);
    };
    EXPECT_THROW(make("vr-masha1", "topk", "none", nullptr, false), UsageError);
    EXPECT_THROW(make("vr-masha1", "none", "sign", nullptr, false), UsageError);
    EXPECT_NO_THROW(make("vr-masha1", "topk", "sign", nullptr, true));
    EXPECT_THROW(make("vr-masha2", "randk", "none", nullptr, false), UsageError);
    EXPECT_THROW(make("vr-masha2", "none", "natural", nullptr, false), UsageError);
    EXPECT_THROW(make("vr-masha2", "topk", "none", make_l1(0.1), false), UsageError);
    EXPECT_NO_THROW(make("vr-masha2", "randk", "natural", make_l1(0.1), true));
    EXPECT_THROW(make("vr-masha1:batch=0", "none", "none", nullptr, true), UsageError);
  });
}

}  // namespace
}  // namespace vireo
