// Pins the loop: it stops for the right reason on what the method paid for, and watching changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "support/assembly.hpp"
#include "support/worlds.hpp"

namespace vireo {
namespace {

const std::string problem = "bilinear:dimension=30,components=8,condition=5";

class Rows final : public Observer {
 public:
  void row(const Row& row) override { rows.push_back(row); }
  std::vector<Row> rows;
};

TEST(Solve, TracingChangesNeitherTheIteratesNorTheStopNorTheCounts) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const auto point : {ReturnPoint::last, ReturnPoint::best, ReturnPoint::average}) {
      const Criteria criteria{.tolerance = 1e-3, .check_every = 25, .max_iterations = 5000, .return_point = point};
      const auto run = [&](std::int64_t trace_every, Observer* observer) {
        test::Assembly assembly(comm, problem, "masha1:refresh=next", "randk:fraction=0.3", "randk:fraction=0.5");
        std::vector<Observer*> observers;
        if (observer != nullptr) observers.push_back(observer);
        return assembly.solve(criteria, trace_every, observers);
      };
      Rows rows;
      const auto plain = run(0, nullptr);
      const auto traced = run(1, &rows);
      EXPECT_EQ(plain.solution, traced.solution);
      EXPECT_EQ(plain.iterations, traced.iterations);
      EXPECT_EQ(plain.termination, traced.termination);
      EXPECT_EQ(plain.totals.oracle_calls, traced.totals.oracle_calls);
      EXPECT_EQ(plain.totals.wire_bytes_up, traced.totals.wire_bytes_up);
      EXPECT_EQ(plain.totals.wire_bytes_down, traced.totals.wire_bytes_down);
      EXPECT_EQ(plain.totals.mpi_bytes, traced.totals.mpi_bytes);
      if (comm.rank() == 0) {
        EXPECT_EQ(static_cast<std::int64_t>(rows.rows.size()), traced.iterations + 1);
      }
    }
  });
}

TEST(Solve, WhatTheRanksPaidAddsUpToTheTotals) {
  test::on_simulated(3, [](Communicator& comm) {
    test::Assembly assembly(comm, problem, "masha1", "randk:fraction=0.3", "none", 1, 4);  // 1, 1 and 2 of the workers
    Rows rows;
    std::vector<Observer*> observers{&rows};
    const auto outcome = assembly.solve({.tolerance = 0, .max_iterations = 60}, 1, observers);
    ASSERT_EQ(outcome.ranks.size(), 3U);
    RankTotals sum;
    for (const auto& rank : outcome.ranks) {
      EXPECT_EQ(rank.host, comm.host());
      sum.oracle_calls += rank.oracle_calls;
      sum.wire_bytes_up += rank.wire_bytes_up;
      sum.wire_bytes_down += rank.wire_bytes_down;
      sum.mpi_bytes += rank.mpi_bytes;
      sum.seconds_operator = std::max(sum.seconds_operator, rank.seconds_operator);
      EXPECT_GE(rank.seconds_monitor, rank.seconds_io);
      EXPECT_LE(rank.seconds_operator + rank.seconds_compress + rank.seconds_exchange, rank.seconds);
    }
    EXPECT_EQ(sum.oracle_calls, outcome.totals.oracle_calls);
    EXPECT_EQ(sum.wire_bytes_up, outcome.totals.wire_bytes_up);
    EXPECT_EQ(sum.wire_bytes_down, outcome.totals.wire_bytes_down);
    EXPECT_EQ(sum.mpi_bytes, outcome.totals.mpi_bytes);
    EXPECT_EQ(sum.seconds_operator, outcome.totals.seconds_operator);
    const auto calls = [&](std::size_t rank) { return outcome.ranks[rank].oracle_calls; };
    EXPECT_EQ(std::max({calls(0), calls(1), calls(2)}), 2 * std::min({calls(0), calls(1), calls(2)}));
    EXPECT_GT(outcome.ranks[0].seconds_io, outcome.ranks[1].seconds_io);  // rank 0 writes
  });
}

TEST(Solve, EveryLimitEndsARunWithItsReason) {
  test::on_simulated(2, [](Communicator& comm) {
    const auto reason = [&](Criteria criteria) {
      criteria.tolerance = 0;
      test::Assembly assembly(comm, problem, "extragradient");
      return assembly.solve(criteria).termination;
    };
    EXPECT_EQ(reason({.max_iterations = 5}), Termination::max_iterations);
    EXPECT_EQ(reason({.max_oracle_calls = 100}), Termination::max_oracle_calls);
    EXPECT_EQ(reason({.max_wire_bytes = 10000}), Termination::max_wire_bytes);
    EXPECT_EQ(reason({.max_seconds = 0.05}), Termination::max_seconds);
  });
}

/// Takes a while for each row.
class Slow final : public Observer {
 public:
  void row(const Row& /*row*/) override { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }
};

TEST(Solve, TheTimeOfTheMonitorCountsForTheLimitOfTime) {
  test::on_simulated(2, [](Communicator& comm) {
    test::Assembly assembly(comm, problem, "extragradient");
    Slow slow;
    Observer* const observers[] = {&slow};
    const auto outcome = assembly.solve({.tolerance = 0, .max_seconds = 0.05}, 1, observers);
    EXPECT_EQ(outcome.termination, Termination::max_seconds);
    EXPECT_EQ(outcome.iterations, 1);  // the row of the start took longer
    EXPECT_LT(outcome.totals.seconds, outcome.totals.seconds_monitor);
  });
}

TEST(Solve, ARelativeToleranceIsRelativeToTheStart) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly assembly(comm, problem, "extragradient");
    const auto outcome = assembly.solve({.tolerance = 0, .relative_tolerance = 1e-4, .max_iterations = 5000});
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_LE(outcome.residual, 1e-4 * outcome.initial_residual);
    EXPECT_GT(outcome.residual, 1e-5 * outcome.initial_residual);  // and not further
  });
}

TEST(Solve, AnAverageIsNotAtTheLevelOfRoundingBecauseTheIteratesAre) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly assembly(comm, problem, "extragradient");
    const auto outcome =
        assembly.solve({.tolerance = 1e-30, .max_iterations = 3000, .return_point = ReturnPoint::average});
    EXPECT_EQ(outcome.termination, Termination::max_iterations);
    test::Assembly again(comm, problem, "extragradient");
    EXPECT_EQ(again.solve({.tolerance = 1e-30, .max_iterations = 3000}).termination, Termination::stagnated);
  });
}

TEST(Solve, ADivergingRunIsNeverConverged) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* method : {"extragradient:step=3", "extragradient:step=1e200", "masha1:step=5"}) {
      test::Assembly assembly(comm, problem, method);
      const auto outcome = assembly.solve({.tolerance = 1e-6, .max_iterations = 100000});
      EXPECT_TRUE(outcome.termination == Termination::diverged || outcome.termination == Termination::not_finite)
          << method << ": " << to_string(outcome.termination);
      EXPECT_FALSE(outcome.tolerance_met);
    }
  });
}

TEST(Solve, AnObserverThatThrowsEndsAllRanks) {
  class Full final : public Observer {
    void row(const Row& row) override {
      if (row.iteration == 3) throw IoError("disk full");
    }
  };
  test::on_simulated(2, [](Communicator& comm) {
    test::Assembly assembly(comm, problem, "extragradient");
    Full full;
    std::vector<Observer*> observers{&full};
    try {
      (void)assembly.solve({.tolerance = 0, .max_iterations = 50}, 1, observers);
      ADD_FAILURE();
    } catch (const IoError&) {
      EXPECT_EQ(comm.rank(), 0);
    } catch (const PeerFailure& failure) {
      EXPECT_EQ(comm.rank(), 1);
      EXPECT_EQ(failure.kind(), ErrorKind::io);
      EXPECT_EQ(failure.cause(), "disk full");
    }
  });
}

}  // namespace
}  // namespace vireo
