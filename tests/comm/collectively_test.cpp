// What fails on one rank fails on all, with the error on the rank that has it and PeerFailure elsewhere.
#include "vireo/comm/collectively.hpp"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "support/worlds.hpp"

namespace vireo {
namespace {

using test::on_every_world;

TEST(Collectively, RunsTheActionOnEveryRank) {
  on_every_world([](Communicator& comm) {
    bool done = false;
    collectively(comm, [&] { done = true; });
    EXPECT_TRUE(done);
  });
}

TEST(Collectively, FailsOnAllRanksIfItFailsOnOne) {
  on_every_world([](Communicator& comm) {
    const int bad = comm.size() - 1;
    const auto action = [&] {
      if (comm.rank() == bad) throw DataError("bad row");
    };
    if (comm.rank() == bad) {
      EXPECT_THROW(collectively(comm, action), DataError);
    } else {
      try {
        collectively(comm, action);
        FAIL() << "nothing thrown";
      } catch (const PeerFailure& failure) {
        EXPECT_EQ(failure.code(), ExitCode::data);
      }
    }
    comm.barrier();  // all are at the same place again
  });
}

TEST(Collectively, PeersFailWithTheCodeOfTheLowestRank) {
  on_every_world([](Communicator& comm) {
    if (comm.size() < 3) return;
    try {
      collectively(comm, [&] {
        if (comm.rank() == 1) throw IoError("disk full");
        if (comm.rank() == 2) throw DataError("bad row");
      });
      FAIL() << "nothing thrown";
    } catch (const PeerFailure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::io);
      EXPECT_TRUE(comm.rank() == 0 || comm.rank() > 2);
    } catch (const IoError&) {
      EXPECT_EQ(comm.rank(), 1);
    } catch (const DataError&) {
      EXPECT_EQ(comm.rank(), 2);
    }
  });
}

TEST(ExitCodeOf, IsInternalForWhatIsNotOurs) {
  EXPECT_EQ(exit_code_of(nullptr), ExitCode::ok);
  EXPECT_EQ(exit_code_of(std::make_exception_ptr(UsageError("x"))), ExitCode::usage);
  EXPECT_EQ(exit_code_of(std::make_exception_ptr(std::bad_alloc())), ExitCode::internal);
  EXPECT_EQ(exit_code_of(std::make_exception_ptr(std::runtime_error("x"))), ExitCode::internal);
  EXPECT_EQ(exit_code_of(std::make_exception_ptr(7)), ExitCode::internal);
  EXPECT_EQ(exit_code_of(std::make_exception_ptr(Error(ExitCode::ok, "a failure never exits 0"))), ExitCode::internal);
}

}  // namespace
}  // namespace vireo
