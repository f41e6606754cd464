// However the ranks of a job end: one code, one line of error, no hang.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

struct Case {
  const char* mode;
  int code;
  const char* line;  ///< on stderr; null: no error
  bool aborts;       ///< ends by MPI_Abort, so that not all ranks get to say goodbye
};

class Settle : public ::testing::TestWithParam<std::tuple<int, Case>> {};

TEST_P(Settle, EndsAllRanksAlike) {
  const auto& [ranks, ending] = GetParam();
  const auto result = run_mpi(ranks, std::string(PROGRAM_settle_program) + " " + ending.mode, 20);
  SCOPED_TRACE(result.output + result.errors);
  EXPECT_EQ(result.exit_code, ending.code);
  EXPECT_EQ(result.error_lines(), ending.line != nullptr ? 1 : 0);
  if (ending.line != nullptr) {
    EXPECT_THAT(result.errors, HasSubstr(std::string("vireo: error: ") + ending.line + " [rank "));
    EXPECT_THAT(result.errors, HasSubstr(" on "));
  }
  EXPECT_LT(result.seconds, 5 + 3);  // 5 by contract; the rest is for starting on a busy machine
  for (int r = 0; r < ranks && !ending.aborts; ++r)
    EXPECT_THAT(result.output, HasSubstr("rank " + std::to_string(r) + " returns " + std::to_string(ending.code)));
}

INSTANTIATE_TEST_SUITE_P(Endings, Settle,
                         ::testing::Combine(::testing::Values(2, 3),
                                            ::testing::Values(Case{"success", 0, nullptr, false},
                                                              Case{"limit", 5, nullptr, false},
                                                              Case{"all-throw", 2, "unknown method 'mash1'", false},
                                                              Case{"one-throws-others-end", 6, "disk full", false},
                                                              Case{"one-throws-others-wait", 3, "row 7 is bad", true},
                                                              Case{"first-waits-others-throw", 3, "row 7 is bad", true},
                                                              Case{"agreed", 4, "not finite", false},
                                                              Case{"out-of-memory", 1, "out of memory", false},
                                                              Case{"late-peer", 0, nullptr, false})),
                         [](const auto& test) {
                           std::string name = std::get<1>(test.param).mode;
                           for (auto& c : name) c = c == '-' ? '_' : c;
                           return name + "_ranks" + std::to_string(std::get<0>(test.param));
                         });

TEST(SettleLine, NamesTheRankThatFailedFirstInRankOrder) {
  EXPECT_THAT(run_mpi(3, std::string(PROGRAM_settle_program) + " all-throw", 20).errors, HasSubstr("[rank 0 on "));
  EXPECT_THAT(run_mpi(3, std::string(PROGRAM_settle_program) + " agreed", 20).errors, HasSubstr("[rank 2 on "));
}

TEST(SettleAlone, WorksWithoutMpirunAndNamesNoRank) {
  const auto result = run_command(std::string(PROGRAM_settle_program) + " all-throw", 20);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.errors, "vireo: error: unknown method 'mash1'\n");
  EXPECT_THAT(result.output, HasSubstr("rank 0 returns 2"));
  EXPECT_EQ(run_command(std::string(PROGRAM_settle_program) + " success", 20).exit_code, 0);
}

}  // namespace
}  // namespace vireo::test
