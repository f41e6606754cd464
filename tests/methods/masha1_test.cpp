// Pins masha1 to its reductions, its textbook recursion with Rand-k, and its Lyapunov bound.
#include <gtest/gtest.h>

#include <cmath>

#include "support/assembly.hpp"
#include "support/difference.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/subset.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

TEST(Masha1, WithIdentityProbabilityOneAndRefreshNextIsExtragradient) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
    test::on_simulated(1, [&](Communicator& comm) {
      const std::string problem = "quadratic-game:dimension=20,components=8";
      test::Assembly masha(comm, problem, "masha1:step=0.3,probability=1,refresh=next", "none", "none", 1, std::nullopt,
                           "", g);
      test::Assembly eg(comm, problem, "extragradient:step=0.3", "none", "none", 1, std::nullopt, "", g);
      masha.method->start(masha.z0);
      eg.method->start(eg.z0);
      for (int k = 0; k < 50; ++k) {
        masha.method->iterate();
        eg.method->iterate();
        ASSERT_LE(test::largest_difference(masha.method->point(), eg.method->point()), 1e-12) << k;
      }
    });
}

// With refresh=zk two iterations make one extragradient step.
TEST(Masha1, WithIdentityAndProbabilityOneIsExtragradientAtHalfSpeed) {
  test::on_simulated(1, [](Communicator& comm) {
    const std::string problem = "bilinear:dimension=20,components=8,condition=5";
    test::Assembly masha(comm, problem, "masha1:step=0.2,probability=1,refresh=zk");
    test::Assembly eg(comm, problem, "extragradient:step=0.2");
    masha.method->start(masha.z0);
    eg.method->start(eg.z0);
    for (int k = 0; k < 25; ++k) {
      masha.method->iterate();
      masha.method->iterate();
      eg.method->iterate();
      ASSERT_LE(test::largest_difference(masha.method->point(), eg.method->point()), 1e-12) << k;
    }
  });
}

// The pseudocode once more, from F_m, prox and random subsets alone.
TEST(Masha1, EqualsItsTextbookRecursionWithRandKBothWays) {
  test::on_simulated(1, [](Communicator& comm) {
    constexpr Index d = 20, M = 8, k_up = 5, k_down = 10;
    constexpr std::uint64_t seed = 9;
    const double gamma = 0.1, p = 0.25, tau = 1 - p;
    for (const bool next : {false, true}) {
      test::Assembly run(comm, "quadratic-game:dimension=20,components=8",
                         std::string("masha1:step=0.1,probability=0.25,refresh=") + (next ? "next" : "zk"), "randk:k=5",
                         "randk:k=10", seed, M);
      run.method->start(run.z0);
      const auto F_m = [&](Index m, const Vector& at) {
        Vector out(d);
        run.problem->operators()->shard(m).mean(at, out);
        return out;
      };
      const auto randk = [&](const Vector& x, Index k, const random::Key& key) {
        std::vector<random::Offset> kept;
        random::Subset(key, d, k).append_range(0, d, kept);
        Vector out(d, 0.0);
        for (const auto j : kept) out[j] = static_cast<double>(d) / static_cast<double>(k) * x[j];
        return out;
      };
      Vector z = run.z0, w = z;
      for (std::uint64_t k = 0; k < 60; ++k) {
        run.method->iterate();
        const Vector F_w = run.F(w);
        Vector half(d), z_next(d), mean(d, 0.0);
        for (Index j = 0; j < d; ++j) half[j] = tau * z[j] + p * w[j] - gamma * F_w[j];
        for (Index m = 0; m < M; ++m) {
          Vector D = F_m(m, half);
          const Vector at_w = F_m(m, w);
          for (Index j = 0; j < d; ++j) D[j] -= at_w[j];
          const Vector Q = randk(D, k_up, {seed, random::Purpose::uplink, m, k});
          for (Index j = 0; j < d; ++j) mean[j] += Q[j] / static_cast<double>(M);
        }
        const Vector G = randk(mean, k_down, {seed, random::Purpose::downlink, random::nobody, k});
        for (Index j = 0; j < d; ++j) z_next[j] = tau * z[j] + p * w[j] - gamma * (F_w[j] + G[j]);
        if (random::coin({.seed = seed, .purpose = random::Purpose::coin, .iteration = k}, p)) w = next ? z_next : z;
        z = z_next;
        ASSERT_LE(test::largest_difference(z, run.method->point()), 1e-11 * (1 + kernels::norm(z))) << k;
        ASSERT_LE(test::largest_difference(w, run.method->certificate()->point), 1e-11 * (1 + kernels::norm(w))) << k;
      }
    }
  });
}

// E( ||z^k - z*||^2 + ||w^k - z*||^2 ) <= (1 - s)^k 2 ||z^0 - z*||^2, averaged over 32 seeds, at the theory's step; with
// refresh=next the Lyapunov function is tau ||z - z*||^2 + ||w - z*||^2.
TEST(Masha1, ItsLyapunovFunctionStaysUnderTheBound) {
  struct Channels {
    const char* up;
    const char* down;
    double q_up, q_down;
  };
  constexpr int seeds = 32;
  for (const auto& c :
       {Channels{"randk:fraction=0.25", "none", 4, 1}, Channels{"randk:fraction=0.25", "randk:fraction=0.5", 4, 2}})
    for (const bool next : {false, true})
      test::on_simulated(1, [&](Communicator& comm) {
        constexpr int iterations = 1500;
        std::vector<double> average(iterations + 1, 0.0);
        double decay = 0;
        const double p = 0.25;
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
          test::Assembly run(comm, "bilinear:dimension=20,components=8,condition=5",
                             std::string("masha1:step=auto,probability=0.25,refresh=") + (next ? "next" : "zk"), c.up,
                             c.down, seed);
          const double L = run.constants.L->value;
          const double L_ms = run.constants.L_ms->value;
          const double C_q = std::sqrt(c.q_down * (L * L + (c.q_up - 1) * L_ms * L_ms / 8));
          ASSERT_LT(std::stod(run.method->description().front().second), std::sqrt(p) / C_q);
          decay = std::pow(run.method->rates().front().factor, 2);
          run.method->start(run.z0);
          for (int k = 0; k <= iterations; ++k) {
            if (k > 0) run.method->iterate();
            average[static_cast<std::size_t>(k)] +=
                ((next ? 1 - p : 1.0) * kernels::squared_distance(run.method->point(), *run.solution) +
                 kernels::squared_distance(run.method->certificate()->point, *run.solution)) /
                seeds;
          }
        }
        for (std::size_t k = 0; k <= iterations; ++k) {
          const double bound = std::pow(decay, static_cast<double>(k)) * average[0];
          ASSERT_LE(average[k], bound + 1e-24) << c.up << " " << c.down << " next=" << next << " k=" << k;
        }
        EXPECT_LT(average[iterations], 1e-8 * average[0]);
      });
}

TEST(Masha1, ChargesOneEvaluationAnIterationAndOneARefresh) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=40,components=16", "masha1:probability=0.5,snapshot=none", "randk:k=4",
                       "randk:k=8");
    int refreshes = 0;
    for (std::uint64_t k = 0; k < 100; ++k)
      refreshes += random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, 0.5) ? 1 : 0;
    const auto outcome = run.solve({.tolerance = 0, .max_iterations = 100, .return_point = ReturnPoint::best}, 7);
    EXPECT_EQ(outcome.totals.oracle_calls, 16 * (1 + 100 + refreshes));
    EXPECT_EQ(outcome.totals.wire_bytes_up, 16 * 8 * (100 * 4 + (1 + refreshes) * 40));
    EXPECT_EQ(outcome.totals.wire_bytes_down, 16 * 8 * (100 * 8 + (1 + refreshes) * 40));
  });
}

TEST(Masha1, ConvergesWithConstraints) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const RegularizerPointer& g : {make_ball(1), make_simplex(1), make_box(-0.1, 0.2), make_nonnegative()}) {
      test::Assembly run(comm, "quadratic-game:dimension=20,components=8,condition=10", "masha1:refresh=next",
                         "randk:fraction=0.25", "randk:fraction=0.5", 1, std::nullopt, "", g);
      const auto outcome = run.solve({.tolerance = 1e-9, .max_iterations = 200000, .return_point = ReturnPoint::best});
      EXPECT_EQ(outcome.termination, Termination::converged) << g->description();
    }
  });
}

}  // namespace
}  // namespace vireo
