// Which of several ranks' endings is the job's, and the one line that is printed for it.
#include "comm/outcome.hpp"

#include <gtest/gtest.h>

#include <new>

namespace vireo {
namespace {

std::exception_ptr usage() { return std::make_exception_ptr(UsageError("x")); }

TEST(Outcome, OwnErrorsComeBeforePeerFailuresAndLowRanksBeforeHigh) {
  const auto own = Outcome::of(1000000, ExitCode::ok, usage());
  const auto own_lower = Outcome::of(7, ExitCode::ok, usage());
  const auto peer = Outcome::of(0, ExitCode::ok, std::make_exception_ptr(PeerFailure(ExitCode::data)));
  const auto code = Outcome::of(0, ExitCode::limit, nullptr);
  const auto success = Outcome::of(0, ExitCode::ok, nullptr);
  EXPECT_LT(own_lower.packed(), own.packed());
  EXPECT_LT(own.packed(), peer.packed());
  EXPECT_LT(peer.packed(), code.packed());
  EXPECT_LT(code.packed(), success.packed());
  EXPECT_TRUE(own.failed() && peer.failed());
  EXPECT_FALSE(code.failed() || success.failed());
}

TEST(Outcome, SurvivesPacking) {
  const auto outcome = Outcome::unpacked(Outcome::of(123456789, ExitCode::requeue, nullptr).packed());
  EXPECT_EQ(outcome.kind, Outcome::Kind::code_only);
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
}  // namespace vireo
