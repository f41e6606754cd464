// The line of JSON and the exit code: what scripts rest on.
#include "app/closing.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace vireo::app {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(JsonLine, HasTheKeysOfTheContractInOrder) {
  Totals totals;
  totals.oracle_calls = 4;
  totals.wire_bytes_up = std::int64_t{1} << 60;
  totals.wire_bytes_down = 6;
  totals.seconds = 0.5;
  EXPECT_EQ(json_line("converged", 3, 0.25, totals, "/t.h5"),
            "{\"termination\":\"converged\",\"iterations\":3,\"residual\":0.25,\"oracle_calls\":4,"
            "\"wire_bytes_up\":1152921504606846976,\"wire_bytes_down\":6,\"seconds\":0.5,\"trace\":\"/t.h5\"}\n");
}

TEST(JsonLine, KeepsAllDigits) {
  const double residual = 0.1 + 0.2;
  EXPECT_EQ(nlohmann::json::parse(json_line("x", 0, residual, {}, ""))["residual"].get<double>(), residual);
}

TEST(JsonLine, HasNullForWhatIsNotThere) {
  const auto json = nlohmann::json::parse(json_line("not-finite", 0, nan, {}, ""));
  EXPECT_TRUE(json["residual"].is_null());
  EXPECT_TRUE(json["trace"].is_null());
}

Outcome outcome(Termination termination, double residual, bool met) {
  Outcome out;
  out.termination = termination;
  out.residual = residual;
  out.tolerance_met = met;
  return out;
}

TEST(ExitCode, IsZeroForARecomputedResidualWithinTheToleranceAlone) {
  EXPECT_EQ(exit_code(outcome(Termination::converged, 1e-7, true)), ExitCode::ok);
  EXPECT_EQ(exit_code(outcome(Termination::converged, 1e-3, false)), ExitCode::numerical);
  EXPECT_EQ(exit_code(outcome(Termination::max_iterations, 1e-3, false)), ExitCode::limit);
  EXPECT_EQ(exit_code(outcome(Termination::max_seconds, 1e-3, false)), ExitCode::limit);
  EXPECT_EQ(exit_code(outcome(Termination::stagnated, 1e-15, false)), ExitCode::limit);
  EXPECT_EQ(exit_code(outcome(Termination::diverged, 1e9, false)), ExitCode::numerical);
  EXPECT_EQ(exit_code(outcome(Termination::below_reference, -3, false)), ExitCode::numerical);
  EXPECT_EQ(exit_code(outcome(Termination::not_finite, nan, false)), ExitCode::numerical);
  EXPECT_EQ(exit_code(outcome(Termination::converged, nan, true)), ExitCode::numerical);
  EXPECT_EQ(exit_code(outcome(Termination::max_iterations, std::numeric_limits<double>::infinity(), true)),
            ExitCode::numerical);
}

TEST(Termination, IsNotConvergedWhereTheRecomputedResidualSaysSo) {
  EXPECT_EQ(termination_text(outcome(Termination::converged, 1e-7, true)), "converged");
  EXPECT_EQ(termination_text(outcome(Termination::converged, 1e-3, false)), "not-converged");
}

}  // namespace
}  // namespace vireo::app
