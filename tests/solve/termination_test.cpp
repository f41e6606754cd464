// The rule by which a run ends, at its limits and at 0, infinity and NaN.
#include "solve/termination.hpp"

#include <gtest/gtest.h>

namespace vireo::solving {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A run that is on its way: nothing ends it.
Status on_its_way() {
  return {.iteration = 5, .initial_residual = 2, .residual = 1, .latest = 1, .oracle_calls = 100, .wire_bytes = 1000};
}
Criteria strict() { return {.tolerance = 1e-6}; }

TEST(Termination, ARunWithoutAReasonGoesOn) {
  EXPECT_EQ(check(strict(), on_its_way()), std::nullopt);
  auto unknown = on_its_way();
  unknown.residual.reset();
  unknown.latest = nan;
  EXPECT_EQ(check(strict(), unknown), std::nullopt);
}

TEST(Termination, EitherToleranceSuffices) {
  const auto after = [](Criteria criteria, double residual) {
    auto status = on_its_way();
    status.residual = status.latest = residual;
    return check(criteria, status);
  };
  EXPECT_EQ(after({.tolerance = 1e-3}, 1e-3), Termination::converged);  // at the tolerance: reached
  EXPECT_EQ(after({.tolerance = 1e-3}, 1.001e-3), std::nullopt);
  EXPECT_EQ(after({.tolerance = 0, .relative_tolerance = 0.1}, 0.2), Termination::converged);
  EXPECT_EQ(after({.tolerance = 0, .relative_tolerance = 0.1}, 0.21), std::nullopt);
  EXPECT_EQ(after({.tolerance = 0.3, .relative_tolerance = 0.1}, 0.3), Termination::converged);
}

TEST(Termination, AGapSufficesWhereItIsAskedFor) {
  const auto after = [](Criteria criteria, std::optional<double> gap) {
    auto status = on_its_way();
    status.gap = gap;
    return check(criteria, status);
  };
  const Criteria asked{.tolerance = 1e-6, .gap_tolerance = 1e-2};
  EXPECT_EQ(after(asked, 1e-2), Termination::converged);  // at the tolerance: reached
  EXPECT_EQ(after(asked, -1e-17), Termination::converged);
  EXPECT_EQ(after(asked, 1.001e-2), std::nullopt);
  EXPECT_EQ(after(asked, std::nullopt), std::nullopt);
  EXPECT_EQ(after(asked, nan), std::nullopt);
  EXPECT_EQ(after(asked, infinity), std::nullopt);
  EXPECT_EQ(after(asked, -infinity), std::nullopt);
  EXPECT_EQ(after(strict(), 0.0), std::nullopt);  // never without a tolerance of its own
  auto small = on_its_way();
  small.residual = 1e-7;
  EXPECT_EQ(check(asked, small), Termination::converged);  // either suffices
}

TEST(Termination, ARunThatBeginsAtASolutionHasConverged) {
  const Status status{.iteration = 0, .initial_residual = 0, .residual = 0, .latest = 0};
  EXPECT_EQ(check({.tolerance = 0}, status), Termination::converged);
  EXPECT_EQ(check({.tolerance = 0, .relative_tolerance = 1e-6}, status), Termination::converged);
  EXPECT_EQ(check({.tolerance = 0, .max_iterations = 0}, status), Termination::converged);
}

TEST(Termination, AResidualThatIsNotKnownDoesNotConverge) {
  auto status = on_its_way();
  status.residual.reset();
  status.latest = 1e-9;  // of another point
  EXPECT_EQ(check(strict(), status), std::nullopt);
  status.residual = nan;
  EXPECT_EQ(check(strict(), status), std::nullopt);
}

TEST(Termination, AnInfiniteResidualEndsTheRun) {
  auto status = on_its_way();
  status.residual = status.latest = infinity;
  EXPECT_EQ(check(strict(), status), Termination::not_finite);
  status.residual = 1.0;  // the best point stays as good as it is while the iterates leave
  EXPECT_EQ(check(strict(), status), Termination::not_finite);
  status.residual = 1e-7;
  EXPECT_EQ(check(strict(), status), Termination::converged);
}

TEST(Termination, DivergenceIsMeasuredByTheStartAndByTheTarget) {
  auto status = on_its_way();
  status.residual = status.latest = 2e10;
  EXPECT_EQ(check(strict(), status), std::nullopt);  // not above
  status.residual = status.latest = 2.1e10;
  EXPECT_EQ(check(strict(), status), Termination::diverged);
  EXPECT_EQ(check({.tolerance = 3}, status), std::nullopt);  // 3e10 would be
  status.initial_residual = 1e-14;                           // it began at a solution, up to rounding
  status.residual = status.latest = 1e-3;
  EXPECT_EQ(check(strict(), status), std::nullopt);
  status.initial_residual = nan;
  status.residual = status.latest = 1e300;
  EXPECT_EQ(check(strict(), status), std::nullopt);
}

TEST(Termination, AnInfiniteResidualNeverSuffices) {
  const Status overflown{.initial_residual = 1, .residual = infinity, .latest = infinity};
  EXPECT_EQ(check({.tolerance = infinity}, overflown), Termination::not_finite);
  EXPECT_FALSE(suffices(infinity, infinity));
  EXPECT_FALSE(suffices(nan, infinity));
  EXPECT_TRUE(suffices(0, 0));
}

TEST(Termination, AnObjectiveBelowItsReferenceHasNotConverged) {
  auto status = on_its_way();
  status.residual = status.latest = -995;
  EXPECT_EQ(check(strict(), status), Termination::below_reference);
  EXPECT_EQ(check({.tolerance = 0}, status), Termination::below_reference);
  EXPECT_FALSE(suffices(-995, 1e-6));
}

TEST(Termination, ThreeChecksAtTheLevelOfRoundingAreEnoughUnlessNoToleranceIsWanted) {
  auto status = on_its_way();
  status.trend.at_rounding = 2;
  EXPECT_EQ(check(strict(), status), std::nullopt);
  status.trend.at_rounding = 3;
  EXPECT_EQ(check(strict(), status), Termination::stagnated);
  EXPECT_EQ(check({.tolerance = 0, .relative_tolerance = 1e-30}, status), Termination::stagnated);
  EXPECT_EQ(check({.tolerance = 0}, status), std::nullopt);
  EXPECT_EQ(check({.tolerance = 1}, status), Termination::converged);
}

TEST(Termination, ARunThatStaysFarAboveItsBestHasDiverged) {
  auto status = on_its_way();
  status.trend = {.latest_at = 3000, .held = 1e-5, .left_at = 1000, .left_peak = 1};
  EXPECT_EQ(check(strict(), status), Termination::diverged);
  EXPECT_EQ(check({.tolerance = 1e-3}, status), std::nullopt);  // near the tolerance it may wander
  status.trend.latest_at = 1900;                                // not for long
  EXPECT_EQ(check(strict(), status), std::nullopt);
}

TEST(Termination, ALimitIsReachedAtItsValue) {
  const auto reason = [](Criteria criteria) { return check(criteria, on_its_way()); };
  EXPECT_EQ(reason({.max_iterations = 5}), Termination::max_iterations);
  EXPECT_EQ(reason({.max_iterations = 6}), std::nullopt);
  EXPECT_EQ(reason({.max_oracle_calls = 100}), Termination::max_oracle_calls);
  EXPECT_EQ(reason({.max_oracle_calls = 101}), std::nullopt);
  EXPECT_EQ(reason({.max_wire_bytes = 1000}), Termination::max_wire_bytes);
  EXPECT_EQ(reason({.max_wire_bytes = 1001}), std::nullopt);
  EXPECT_EQ(reason({.max_seconds = 0}), std::nullopt);  // rank 0 looks at its clock, and all are told
}

TEST(Termination, TheFirstReasonCounts) {
  Criteria criteria{.tolerance = 1, .max_iterations = 5, .max_oracle_calls = 100, .max_wire_bytes = 1000};
  auto status = on_its_way();
  status.stop_requested = status.out_of_time = true;
  EXPECT_EQ(check(criteria, status), Termination::converged);
  criteria.tolerance = 1e-6;
  EXPECT_EQ(check(criteria, status), Termination::max_iterations);
  criteria.max_iterations = 6;
  EXPECT_EQ(check(criteria, status), Termination::max_oracle_calls);
  criteria.max_oracle_calls = 101;
  EXPECT_EQ(check(criteria, status), Termination::max_wire_bytes);
  criteria.max_wire_bytes = 1001;
  EXPECT_EQ(check(criteria, status), Termination::interrupted);
  status.stop_requested = false;
  EXPECT_EQ(check(criteria, status), Termination::max_seconds);
}

TEST(Termination, TheTargetIsTheLargerTolerance) {
  EXPECT_EQ(target({.tolerance = 1e-3, .relative_tolerance = 0.5}, 4), 2);
  EXPECT_EQ(target({.tolerance = 1e-3, .relative_tolerance = 0.5}, 0), 1e-3);
  EXPECT_EQ(target({.tolerance = 1e-3, .relative_tolerance = 0.5}, nan), 1e-3);
  EXPECT_EQ(target({.tolerance = 1e-3, .relative_tolerance = 0.5}, infinity), 1e-3);
  const Status overflown{.initial_residual = infinity, .residual = infinity, .latest = infinity};
  EXPECT_EQ(check({.tolerance = 1e-3, .relative_tolerance = 0.5}, overflown), Termination::not_finite);
}

}  // namespace
}  // namespace vireo::solving
