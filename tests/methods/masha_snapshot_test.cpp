// Pins masha1 with snapshots announced by a compressor: its estimate has no bias, it converges without a floor and
// within its Lyapunov bound, and it costs what it should.
#include "masha_support.hpp"
#include "methods/theory.hpp"

namespace vireo {
namespace {

using test::Assembly;
using test::State;

const std::string problem = "bilinear:dimension=20,components=8,condition=5";

TEST(MashaSnapshot, NoneIsTheExactOneToTheBit) {
  test::on_simulated(2, [](Communicator& comm) {
    const auto points = [&](const std::string& options) {
      Assembly run(comm, problem, "masha1:probability=0.3,step=0.05" + options, "randk:k=5", "randk:k=10");
      run.method->start(run.z0);
      Vector all;
      for (int k = 0; k < 50; ++k) {
        run.method->iterate();
        const auto z = run.method->point();
        all.insert(all.end(), z.begin(), z.end());
      }
      EXPECT_TRUE(run.method->certificate().has_value());
      return all;
    };
    EXPECT_EQ(points(""), points(",snapshot=none"));
    EXPECT_EQ(points(""), points(",snapshot=[none]"));
  });
}

// From one state, at which workers and server have left much unsaid, a step with many draws: its mean is the step with
// F(z^{k+1/2}) itself.
TEST(MashaSnapshot, TheStepIsWithoutBias) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto check = [&](const std::string& method, const std::string& snapshot, const char* up, const char* down) {
      SCOPED_TRACE(method + " " + snapshot + " " + up + " " + down);
      const double gamma = 0.05, p = 0.3;
      Assembly run(comm, problem, method + ",step=0.05,probability=0.3,snapshot=" + snapshot, up, down, 1, 8);
      run.method->start(run.z0);
      for (int k = 0; k < 30; ++k) run.method->iterate();
      auto state = State::of(*run.method);
      const auto z = state.get<Vector>("z"), w = state.get<Vector>("w"), v = state.get<Vector>("announced");
      const auto e = state.get<SegmentVector>("unsent").values;
      const Index d = z.size();

      constexpr int draws = 4000;
      Vector sum(d, 0.0), squares(d, 0.0), half;
      for (int i = 0; i < draws; ++i) {
        state.set<std::int64_t>("k", 1000 + i);  // the key of the draws
        state.load_into(*run.method);
        run.method->iterate();
        const auto next = run.method->point();
        for (Index j = 0; j < d; ++j) {
          sum[j] += next[j];
          squares[j] += next[j] * next[j];
        }
        if (i == 0) half.assign(run.method->averaged().begin(), run.method->averaged().end());
      }
      const Vector F_half = run.F(half);
      double largest_e = 0, largest_error = 0;
      for (Index j = 0; j < d; ++j) {
        const double zbar = (1 - p) * z[j] + p * w[j];
        EXPECT_NEAR(half[j], zbar - gamma * v[j], 1e-14);
        const double mean = sum[j] / draws;
        const double error = std::sqrt(std::max(0.0, squares[j] / draws - mean * mean) / draws) + 1e-14;
        EXPECT_LE(std::abs(mean - (zbar - gamma * F_half[j])), 5 * error) << j;
        largest_e = std::max(largest_e, gamma * std::abs(e[j]));
        largest_error = std::max(largest_error, error);
      }
      // what the server holds back would be seen if it were forgotten
      if (snapshot != "[rounding:bits=8]") {
        EXPECT_GT(largest_e, 10 * largest_error);
      }
    };
    for (const char* snapshot : {"[topk:k=3]", "[sign]", "[rounding:bits=8]"})
      for (const char* up : {"randk:k=5", "randk-shared:k=10", "permk", "natural"})
        for (const char* down : {"randk:k=10", "none"}) check("masha1:refresh=next", snapshot, up, down);
    check("vr-masha1:batch=1", "[topk:k=3]", "randk:k=10", "none");
    check("pp-masha1:participants=5", "[topk:k=3]", "randk:k=10", "none");
  });
}

// What all know, what the server and what the workers hold back add up to F(w), after many refreshes.
TEST(MashaSnapshot, NothingIsLost) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, problem, "masha1:step=0.05,probability=0.5,snapshot=[topk:k=2]", "randk:k=5", "randk:k=10", 1,
                 8);
    run.method->start(run.z0);
    for (int k = 0; k < 500; ++k) run.method->iterate();
    const auto state = State::of(*run.method);
    Vector sum = state.get<Vector>("announced");
    kernels::axpy(1.0, state.get<SegmentVector>("unsent").values, sum);
    const auto& a_m = state.get<WorkerVectors>("unannounced");
    for (Index m = 0; m < 8; ++m) kernels::axpy(1.0 / 8, a_m[m], sum);
    const Vector F_w = run.F(state.get<Vector>("w"));
    EXPECT_LE(test::largest_difference(sum, F_w), 1e-13 * kernels::norm(run.F(run.z0)));
  });
}

TEST(MashaSnapshot, ConvergesWithoutAFloorAndAsFastAsWithExactSnapshots) {
  test::on_simulated(2, [](Communicator& comm) {
    const auto iterations = [&](const std::string& options, const char* up, const char* down, int most) {
      Assembly run(comm, problem, "masha1:step=auto,probability=0.3" + options, up, down);
      const auto outcome = run.solve({.tolerance = 1e-10, .check_every = 50, .max_iterations = most});
      EXPECT_EQ(outcome.termination, Termination::converged) << options;
      EXPECT_LT(outcome.distance, 1e-8) << options;
      return static_cast<double>(outcome.iterations);
    };
    for (const std::string refresh : {"zk", "next"}) {
      const auto exact = iterations(",refresh=" + refresh, "natural", "natural", 20000);
      const auto rounded =
          iterations(",refresh=" + refresh + ",snapshot=[rounding:bits=16]", "natural", "natural", 20000);
      EXPECT_LT(rounded, 1.15 * exact + 50) << refresh;
    }
    // at the theory's steps, which feel how coarse the announcements are
    for (const char* snapshot : {"natural", "rounding:bits=8", "topk:fraction=0.8", "randk:fraction=0.8"})
      iterations(std::string(",snapshot=[") + snapshot + "]", "randk:fraction=0.5", "natural", 400000);
  });
}

// Its Lyapunov function, which is more than V = ||z - z*||^2 + ||w - z*||^2 (with tau), shrinks by 1 - s in the mean: so
// does V, after a while, and over many iterations.
TEST(MashaSnapshot, ItsLyapunovFunctionStaysUnderTheBound) {
  constexpr int seeds = 32, iterations = 1500, later = 100;
  constexpr double p = 0.5;
  for (const bool next : {false, true})
    test::on_simulated(1, [&](Communicator& comm) {
      std::vector<double> average(iterations + 1, 0.0);
      double decay = 0;
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        Assembly run(
            comm, "bilinear:dimension=6,components=4,condition=1.5",
            std::string("masha1:step=auto,probability=0.5,snapshot=[topk:k=3],refresh=") + (next ? "next" : "zk"),
            "randk:k=3", "natural", seed);
        const auto rate = run.method->rates().front();
        EXPECT_FALSE(rate.constant);
        decay = rate.factor * rate.factor;
        run.method->start(run.z0);
        for (int k = 0; k <= iterations; ++k) {
          if (k > 0) run.method->iterate();
          const auto state = State::of(*run.method);
          average[static_cast<std::size_t>(k)] +=
              ((next ? 1 - p : 1.0) * kernels::squared_distance(run.method->point(), *run.solution) +
               kernels::squared_distance(state.get<Vector>("w"), *run.solution)) /
              seeds;
        }
      }
      for (std::size_t k = later; k <= iterations; ++k)
        ASSERT_LE(average[k], 3 * std::pow(decay, static_cast<double>(k - later)) * average[later]) << k;
      EXPECT_LT(average.back(), 1e-4 * average[0]);
    });
}

TEST(MashaSnapshot, ChargesWhatIsAnnounced) {
  test::on_simulated(2, [](Communicator& comm) {
    Assembly run(comm, "bilinear:dimension=40,components=16", "masha1:probability=0.5,snapshot=[rounding:bits=16]",
                 "randk:k=4", "randk:k=8");
    int refreshes = 0;
    for (std::uint64_t k = 0; k < 100; ++k)
      refreshes += random::coin({.seed = 1, .purpose = random::Purpose::coin, .iteration = k}, 0.5) ? 1 : 0;
    const auto totals = run.solve({.tolerance = 0, .check_every = 1000, .max_iterations = 100}, 7).totals;
    EXPECT_EQ(totals.oracle_calls, 16 * (1 + 100 + refreshes));
    EXPECT_EQ(totals.wire_bytes_up, 16 * (100 * 4 * 8 + (1 + refreshes) * (2 + 40 * 2)));
    EXPECT_EQ(totals.wire_bytes_down, 16 * (100 * 8 * 8 + (1 + refreshes) * (2 + 40 * 2)));
  });
}

TEST(MashaSnapshot, RefusesCompressorsThatLeaveMoreThanTheyAreGiven) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto make = [&](const std::string& snapshot, bool unproven) {
      Assembly(comm, problem, "masha1:snapshot=" + snapshot, "randk", "none", 1, 8, "", nullptr, unproven);
    };
    for (const char* snapshot : {"[randk:fraction=0.5]", "[permk]", "[randk-shared]"}) {
      EXPECT_THROW(make(snapshot, false), UsageError) << snapshot;
      EXPECT_NO_THROW(make(snapshot, true)) << snapshot;
    }
    EXPECT_THROW(make("[nonsense]", false), UsageError);
    EXPECT_NO_THROW(make("[randk:fraction=0.6]", false));
  });
}

}  // namespace
}  // namespace vireo
