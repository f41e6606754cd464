// Which of several ranks' endings is the job's, and the one line that is printed for it.
#include "comm/rank_ending.hpp"

#include <gtest/gtest.h>

#include <new>

namespace vireo::comm {
namespace {

std::exception_ptr usage() { return std::make_exception_ptr(UsageError("x")); }

TEST(RankEnding, OwnErrorsComeBeforePeerFailuresAndLowRanksBeforeHigh) {
  const auto own = RankEnding::of(1000000, 0, usage());
  const auto own_lower = RankEnding::of(7, 0, usage());
  const auto peer = RankEnding::of(0, 0, std::make_exception_ptr(PeerFailure(ErrorKind::data, "y")));
  const auto status = RankEnding::of(0, 5, nullptr);
  const auto success = RankEnding::of(0, 0, nullptr);
  EXPECT_LT(own_lower.packed(), own.packed());
  EXPECT_LT(own.packed(), peer.packed());
  EXPECT_LT(peer.packed(), status.packed());
  EXPECT_LT(status.packed(), success.packed());
  EXPECT_TRUE(own.failed() && peer.failed());
  EXPECT_FALSE(status.failed() || success.failed());
}

TEST(RankEnding, SurvivesPacking) {
  const auto stopped = RankEnding::unpacked(RankEnding::of(123456789, 75, nullptr).packed());
  EXPECT_EQ(stopped.kind, RankEnding::Kind::status_only);
  EXPECT_EQ(stopped.rank, 123456789);
  EXPECT_EQ(stopped.status, 75);
  const auto failed = RankEnding::unpacked(RankEnding::of(123456789, 255, usage()).packed());
  EXPECT_EQ(failed.kind, RankEnding::Kind::own_error);
  EXPECT_EQ(failed.rank, 123456789);
  EXPECT_EQ(failed.error, ErrorKind::usage);
  EXPECT_EQ(failed.status, 255);
}

TEST(RankEnding, OfAFailureIsNeverZero) {
  EXPECT_EQ(RankEnding::of(0, 0, usage()).status, 1);
  EXPECT_EQ(RankEnding::of(0, 256, usage()).status, 1);  // 0 for the system
  EXPECT_EQ(RankEnding::of(0, 2, usage()).status, 2);
}

TEST(TextOf, IsOneLine) {
  EXPECT_EQ(text_of(std::make_exception_ptr(Error(ErrorKind::io, "a\nb\r\nc"))), "a b  c");
  EXPECT_EQ(text_of(std::make_exception_ptr(Error(ErrorKind::io, "\x1b[31mred\t\x7f"))), " [31mred  ");
  EXPECT_EQ(text_of(std::make_exception_ptr(std::bad_alloc())), "out of memory");
  EXPECT_EQ(text_of(std::make_exception_ptr(3)), "an exception of unknown type");
}

TEST(CauseOf, LooksThroughPeerFailures) {
  EXPECT_EQ(cause_of(usage()), "x");
  EXPECT_EQ(cause_of(std::make_exception_ptr(PeerFailure(ErrorKind::data, "row 7 is bad"))), "row 7 is bad");
}

}  // namespace
}  // namespace vireo::comm
