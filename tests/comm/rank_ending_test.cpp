// Which of several ranks' endings is the job's, and the one line that is printed for it.
#include "comm/rank_ending.hpp"

#include <gtest/gtest.h>

#include <new>

namespace vireo::comm {
namespace {

std::exception_ptr usage() { return std::make_exception_ptr(UsageError("x")); }

TEST(RankEnding, OwnErrorsComeBeforePeerFailuresAndLowRanksBeforeHigh) {
  const auto own = RankEnding::of(1000000, ExitCode::ok, usage());
  const auto own_lower = RankEnding::of(7, ExitCode::ok, usage());
  const auto peer = RankEnding::of(0, ExitCode::ok, std::make_exception_ptr(PeerFailure(ExitCode::data)));
  const auto code = RankEnding::of(0, ExitCode::limit, nullptr);
  const auto success = RankEnding::of(0, ExitCode::ok, nullptr);
  EXPECT_LT(own_lower.packed(), own.packed());
  EXPECT_LT(own.packed(), peer.packed());
  EXPECT_LT(peer.packed(), code.packed());
  EXPECT_LT(code.packed(), success.packed());
  EXPECT_TRUE(own.failed() && peer.failed());
  EXPECT_FALSE(code.failed() || success.failed());
}

TEST(RankEnding, SurvivesPacking) {
  const auto outcome = RankEnding::unpacked(RankEnding::of(123456789, ExitCode::requeue, nullptr).packed());
  EXPECT_EQ(outcome.kind, RankEnding::Kind::code_only);
  EXPECT_EQ(outcome.rank, 123456789);
  EXPECT_EQ(outcome.code, ExitCode::requeue);
}

TEST(TextOf, IsOneLine) {
  EXPECT_EQ(text_of(std::make_exception_ptr(Error(ExitCode::io, "a\nb\r\nc"))), "a b  c");
  EXPECT_EQ(text_of(std::make_exception_ptr(Error(ExitCode::io, "\x1b[31mred\t\x7f"))), " [31mred  ");
  EXPECT_EQ(text_of(std::make_exception_ptr(std::bad_alloc())), "out of memory");
  EXPECT_EQ(text_of(std::make_exception_ptr(3)), "an exception of unknown type");
}

}  // namespace
}  // namespace vireo::comm
