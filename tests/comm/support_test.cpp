// A test that fails on any rank fails the test program, says on which rank, and does not hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

CommandResult run(int ranks, const std::string& filter) {
  return run_mpi(ranks, std::string(PROGRAM_failing_program) + " --gtest_filter='" + filter + "'", 40);
}

TEST(Support, ReportsAFailureOnAnotherRank) {
  const auto result = run(3, "OneRank.Fails:OneRank.Passes");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output, HasSubstr("[rank 1] OneRank.Fails"));
  EXPECT_THAT(result.output, HasSubstr("only here"));
  EXPECT_THAT(result.output, HasSubstr("a test failed on another rank"));
}

TEST(Support, EndsAJobThatAFailureLeavesHanging) {
  const auto result = run(3, "OneRank.LeavesTheOthersWaiting");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("LeavesTheOthersWaiting failed and other ranks do not come"));
}

TEST(Support, PassesWhereNothingFails) { EXPECT_EQ(run(3, "OneRank.Passes").exit_code, 0); }

}  // namespace
}  // namespace vireo::test
