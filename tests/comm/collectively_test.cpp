// What fails on one rank fails on all, with the error on the rank that has it and PeerFailure, which names it, elsewhere.
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
        EXPECT_EQ(failure.kind(), ErrorKind::data);
        EXPECT_EQ(failure.cause(), "bad row");
        EXPECT_STREQ(failure.what(), "another rank failed");
      }
    }
    comm.barrier();  // all are at the same place again
  });
}

TEST(Collectively, PeersFailWithTheErrorOfTheLowestRank) {
  on_every_world([](Communicator& comm) {
    if (comm.size() < 3) return;
    try {
      collectively(comm, [&] {
        if (comm.rank() == 1) throw IoError("disk full");
        if (comm.rank() == 2) throw DataError("bad row");
      });
      FAIL() << "nothing thrown";
    } catch (const PeerFailure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::io);
      EXPECT_EQ(failure.cause(), "disk full");
      EXPECT_TRUE(comm.rank() == 0 || comm.rank() > 2);
    } catch (const IoError&) {
      EXPECT_EQ(comm.rank(), 1);
    } catch (const DataError&) {
      EXPECT_EQ(comm.rank(), 2);
    }
  });
}

// A rank that knows of another's failure already, from somewhere else, does not hide it from those who do not.
TEST(Collectively, PassesOnTheErrorThatAPeerFailureCarries) {
  on_every_world([](Communicator& comm) {
    const int bad = comm.size() - 1;
    try {
      collectively(comm, [&] {
        if (comm.rank() == bad) throw PeerFailure(ErrorKind::numerical, "not finite");
      });
      FAIL() << "nothing thrown";
    } catch (const PeerFailure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::numerical);
      EXPECT_EQ(failure.cause(), "not finite");
    }
  });
}

TEST(Collectively, SendsNothingWhereNothingFails) {
  on_every_world([](Communicator& comm) {
    const auto before = comm.bytes_sent() + comm.bytes_received();
    collectively(comm, [] {});
    EXPECT_EQ(comm.bytes_sent() + comm.bytes_received(), before);
  });
}

TEST(KindOf, IsInternalForWhatIsNotOurs) {
  EXPECT_EQ(kind_of(std::make_exception_ptr(UsageError("x"))), ErrorKind::usage);
  EXPECT_EQ(kind_of(std::make_exception_ptr(PeerFailure(ErrorKind::io, "x"))), ErrorKind::io);
  EXPECT_EQ(kind_of(std::make_exception_ptr(std::bad_alloc())), ErrorKind::internal);
  EXPECT_EQ(kind_of(std::make_exception_ptr(std::runtime_error("x"))), ErrorKind::internal);
  EXPECT_EQ(kind_of(std::make_exception_ptr(7)), ErrorKind::internal);
}

}  // namespace
}  // namespace vireo
