// Pins the batch of all n components: without bias, within the mean square that steps rest on, the same for any ranks
// and any split over workers; and workers without a part in it send nothing.
#include "methods/component_batch.hpp"
#include "methods/vr_support.hpp"

namespace vireo {
namespace {

using test::Assembly;

MethodContext context_of(const Assembly& run) {
  return {*run.oracle, *run.exchange, *run.regularizer, {}, run.constants, run.exchange->seed()};
}

Vector normal(Index d, std::uint64_t seed) {
  Vector out(d);
  random::normals({.seed = seed}, 0, out);
  return out;
}

const std::string game = "matrix-game:matrix=policeman-burglar,seed=1,rows=9,sampling=";

// In standard errors of each coordinate; and for whole batches exactly.
TEST(ComponentBatch, HasTheMeanAndTheMeanSquareThatStepsRestOn) {
  for (const std::string& problem : {std::string("quadratic-game:dimension=12,components=27"), game + "uniform",
                                     game + "importance", std::string("matrix-game:matrix=random,rows=7,columns=4")})
    for (const Index b : {1U, 3U, 100U})
      test::on_simulated(1, [&](Communicator& comm) {
        SCOPED_TRACE(problem + ", b = " + std::to_string(b));
        Assembly run(comm, problem, "extragradient", "none", "none", 3, 4);
        const auto context = context_of(run);
        methods::ComponentBatch batch(context, b);
        const Index d = run.z0.size();
        const Vector u = normal(d, 1), v = normal(d, 2);
        const Vector at_u = run.F(u), at_v = run.F(v);
        constexpr int draws = 10000;
        Vector D(d), sum(d, 0.0), squares(d, 0.0);
        double mean_square = 0, mean_fourth = 0;
        for (int k = 0; k < draws; ++k) {
          batch.difference(k, u, v, D);
          const double square = kernels::squared_norm(D);
          mean_square += square / draws;
          mean_fourth += square * square / draws;
          for (Index j = 0; j < d; ++j) {
            const double deviation = D[j] - (at_u[j] - at_v[j]);
            sum[j] += deviation;
            squares[j] += deviation * deviation;
          }
        }
        const double rounding = 1e-13 * (kernels::norm(at_u) + kernels::norm(at_v));
        double largest = 0;
        for (Index j = 0; j < d; ++j) {
          const double error = std::sqrt(squares[j]) / draws;
          EXPECT_LE(std::abs(sum[j] / draws), 5 * error + rounding) << j;
          largest = std::max(largest, error);
        }
        const bool whole = batch.spread() == 0;
        const bool drawn_alike = problem.find("quadratic") == 0 || problem.find("uniform") != std::string::npos;
        EXPECT_EQ(whole, b == 100 && drawn_alike) << "only a batch of all has no spread";
        EXPECT_EQ(largest <= rounding, whole);
        const double s = batch.spread(), L = run.constants.L->value, L_component = run.constants.L_component->value;
        const double bound = (1 - s) * L * L + s * L_component * L_component;
        // with importance sampling the bound is attained by any u - v
        const double error = 5 * std::sqrt(std::max(0.0, mean_fourth - mean_square * mean_square) / draws);
        EXPECT_LE(mean_square, (1 + 1e-9) * bound * kernels::squared_distance(u, v) + error);
        EXPECT_GE(mean_square, 0.02 * bound * kernels::squared_distance(u, v));  // and the bound is of its size
      });
}

TEST(ComponentBatch, KnowsItsSpread) {
  test::on_simulated(2, [](Communicator& comm) {
    Assembly alike(comm, "quadratic-game:dimension=12,components=27", "extragradient", "none", "none", 3, 4);
    const auto context = context_of(alike);
    EXPECT_DOUBLE_EQ(methods::ComponentBatch(context, 1).spread(), 1);
    EXPECT_DOUBLE_EQ(methods::ComponentBatch(context, 3).spread(), 24.0 / (3 * 26));
    EXPECT_EQ(methods::ComponentBatch(context, 1000).spread(), 0);
    EXPECT_EQ(methods::ComponentBatch(context, 1000).size(), 27U);
    EXPECT_DOUBLE_EQ(methods::ComponentBatch(context, 3).cost(), 3.0 / 27);
    Assembly unequal(comm, game + "importance", "extragradient", "none", "none", 3, 4);
    const auto other = context_of(unequal);
    EXPECT_DOUBLE_EQ(methods::ComponentBatch(other, 3).spread(), 1.0 / 3);
  });
}

TEST(ComponentBatch, IsTheSameForEverySplit) {
  for (const std::string& problem : {std::string("quadratic-game:dimension=12,components=27"), game + "importance"})
    for (const Index b : {1U, 4U}) {
      std::vector<Vector> first;
      for (const Index M : {1U, 4U, 9U})
        test::on_simulated(2, [&](Communicator& comm) {
          Assembly run(comm, problem, "extragradient", "none", "none", 3, M);
          const auto context = context_of(run);
          methods::ComponentBatch batch(context, b);
          const Vector u = normal(run.z0.size(), 1), v = normal(run.z0.size(), 2);
          std::vector<Vector> all(50, Vector(u.size()));
          for (int k = 0; k < 50; ++k) batch.difference(k, u, v, all[static_cast<Index>(k)]);
          if (comm.rank() != 0) return;
          if (first.empty()) first = all;
          for (Index k = 0; k < 50; ++k)
            EXPECT_LE(test::largest_difference(first[k], all[k]), 1e-12 * (1 + kernels::norm(first[k])))
                << M << " " << k;
        });
    }
}

TEST(ComponentBatch, HasTheSameBitsOnEveryWorld) {
  for (const std::string& problem : {std::string("quadratic-game:dimension=12,components=27"), game + "importance"}) {
    const auto differences = [&](Communicator& comm) {
      Assembly run(comm, problem, "extragradient", "none", "none", 3, 7);
      const auto context = context_of(run);
      methods::ComponentBatch batch(context, 4);
      const Vector u = normal(run.z0.size(), 1), v = normal(run.z0.size(), 2);
      Vector all, D(u.size());
      for (int k = 0; k < 50; ++k) {
        batch.difference(k, u, v, D);
        all.insert(all.end(), D.begin(), D.end());
      }
      return all;
    };
    Vector expected;
    test::on_simulated(1, [&](Communicator& comm) { expected = differences(comm); });
    test::on_every_world([&](Communicator& comm) { EXPECT_TRUE(differences(comm) == expected); });
  }
}

// Two evaluations for each component; one vector up from each worker that holds any, one vector down to all.
TEST(ComponentBatch, IsChargedForWhatItIs) {
  test::on_simulated(1, [](Communicator& comm) {
    constexpr Index M = 9, n = 27, d = 12, b = 3;
    Assembly run(comm, "quadratic-game:dimension=12,components=27", "extragradient", "none", "none", 3, M);
    const auto context = context_of(run);
    methods::ComponentBatch batch(context, b);
    const Vector u = normal(d, 1), v = normal(d, 2);
    Vector D(d);
    std::int64_t senders = 0;
    for (std::uint64_t k = 0; k < 40; ++k) {
      batch.difference(static_cast<std::int64_t>(k), u, v, D);
      std::vector<bool> sends(M, false);
      for (const Index i : test::subset({.seed = 3, .purpose = random::Purpose::sample, .iteration = k}, n, b))
        sends[i / (n / M)] = true;
      senders += std::ranges::count(sends, true);
    }
    EXPECT_EQ(run.ledger.oracle_calls, 40 * 2 * static_cast<std::int64_t>(b));
    EXPECT_EQ(run.ledger.wire_bytes_up, senders * 8 * static_cast<std::int64_t>(d));
    EXPECT_EQ(run.ledger.wire_bytes_down, 40 * static_cast<std::int64_t>(8 * M * d));
    EXPECT_LT(senders, 40 * static_cast<std::int64_t>(b));  // some batches had two of one worker
  });
}

}  // namespace
}  // namespace vireo
