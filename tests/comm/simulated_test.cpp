// The modelled clock, and how failures end a simulated run: always the same way, and never by a hang.
#include "vireo/comm/simulated.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <thread>

#include "vireo/comm/collectively.hpp"

namespace vireo {
namespace {

using ::testing::HasSubstr;

/// Sums of powers of two: all times are exact.
constexpr NetworkModel slow{.latency_seconds = 1, .bytes_per_second = 8};

std::size_t at(int rank) { return static_cast<std::size_t>(rank); }

TEST(SimulatedClock, MatchesHandComputedTimes) {
  run_simulated(3, slow, [](Communicator& comm) {
    const auto me = at(comm.rank());
    const auto expect_clock = [&](std::vector<double> seconds) { EXPECT_EQ(comm.modelled_seconds(), seconds[me]); };
    expect_clock({0, 0, 0});

    // sizes[from][to]
    const std::size_t sizes[3][3] = {{0, 8, 16}, {0, 0, 0}, {0, 24, 0}};
    std::vector<std::byte> buffer(64);
    std::vector<std::byte> received(64);
    std::vector<Piece> outgoing;
    std::vector<Piece> incoming;
    for (std::size_t p = 0; p < 3; ++p) {
      outgoing.push_back({0, sizes[me][p]});
      incoming.push_back({0, sizes[p][me]});
    }
    // rank 0 sends 1 + 1 and 1 + 2; rank 1 receives 1 + 1 and 1 + 3; rank 2 sends 1 + 3 while it receives 1 + 2
    comm.all_to_all(buffer, outgoing, received, incoming);
    expect_clock({5, 6, 4});

    // starts with the last rank; two rounds of empty messages
    comm.barrier();
    expect_clock({8, 8, 8});

    // two rounds; all pieces but the own
    comm.all_gather(buffer, std::vector<Piece>{{0, 8}, {8, 16}, {0, 0}});
    expect_clock({8 + 2 + 2, 8 + 2 + 1, 8 + 2 + 3});

    // two rounds of 1 + 40/8
    comm.broadcast(std::span(buffer).first(40), 1);
    expect_clock({25, 25, 25});

    // two rounds up and two down of 1 + 16/8
    std::vector<std::int64_t> values{1, 2};
    comm.combine(values, std::vector{Reduction::sum, Reduction::minimum});
    expect_clock({37, 37, 37});
  });
}

TEST(SimulatedClock, StandsStillForOneRank) {
  run_simulated(1, slow, [](Communicator& comm) {
    std::vector<std::byte> buffer(8);
    comm.all_gather(buffer, std::vector<Piece>{{0, 8}});
    comm.broadcast(buffer, 0);
    static_cast<void>(combine(comm, 1, Reduction::sum));
    comm.barrier();
    EXPECT_EQ(comm.modelled_seconds(), 0);
    EXPECT_EQ(comm.bytes_sent(), 0);
  });
}

TEST(SimulatedClock, RefusesImpossibleNetworks) {
  const auto nothing = [](Communicator&) {};
  EXPECT_THROW(run_simulated(0, slow, nothing), UsageError);
  EXPECT_THROW(run_simulated(2, {.latency_seconds = -1, .bytes_per_second = 8}, nothing), UsageError);
  EXPECT_THROW(run_simulated(2, {.latency_seconds = 1, .bytes_per_second = 0}, nothing), UsageError);
  EXPECT_THROW(run_simulated(2, {.latency_seconds = NAN, .bytes_per_second = 8}, nothing), UsageError);
}

TEST(SimulatedFailure, EndsAllRanksWithTheErrorOfTheRankThatHasIt) {
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::atomic<int> peers = 0;
    try {
      run_simulated(8, slow, [&](Communicator& comm) {
        comm.barrier();
        if (comm.rank() == 5) throw DataError("row 7 is bad");
        try {
          comm.barrier();
        } catch (const PeerFailure& failure) {
          EXPECT_EQ(failure.kind(), ErrorKind::data);
          EXPECT_EQ(failure.cause(), "row 7 is bad");
          ++peers;
          throw;
        }
      });
      FAIL() << "nothing thrown";
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(), "row 7 is bad");
    }
    EXPECT_EQ(peers, 7);
  }
}

TEST(SimulatedFailure, OfSeveralRanksTheLowestIsReportedEveryTime) {
  for (int repeat = 0; repeat < 50; ++repeat) try {
      run_simulated(6, slow, [&](Communicator& comm) {
        for (int step = 0; step < 3; ++step) comm.barrier();
        if (comm.rank() % 2 == 1) throw DataError("rank " + std::to_string(comm.rank()));
        comm.barrier();
      });
      FAIL() << "nothing thrown";
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(), "rank 1");
    }
}

TEST(SimulatedFailure, IsFinalForRanksThatCatchIt) {
  EXPECT_THROW(run_simulated(3, slow,
                             [](Communicator& comm) {
                               if (comm.rank() == 0) throw UsageError("x");
                               EXPECT_THROW(comm.barrier(), PeerFailure);
                               EXPECT_THROW(static_cast<void>(combine(comm, 1, Reduction::sum)), PeerFailure);
                             }),
               UsageError);
}

/// The text of the internal error that a run ends with
std::string internal_error(int ranks, const std::function<void(Communicator&)>& rank_main) {
  try {
    run_simulated(ranks, slow, rank_main);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::internal);
    return error.what();
  }
  return "nothing thrown";
}

TEST(SimulatedFailure, CallsThatDoNotFitTogetherAreErrors) {
  EXPECT_THAT(internal_error(3,
                             [](Communicator& comm) {
                               if (comm.rank() != 1) comm.barrier();
                             }),
              HasSubstr("rank 1 has ended while rank 0 waits in barrier"));
  EXPECT_THAT(internal_error(2,
                             [](Communicator& comm) {
                               if (comm.rank() == 0) return comm.barrier();
                               static_cast<void>(combine(comm, 1, Reduction::sum));
                             }),
              HasSubstr("rank 0 called barrier, rank 1 combine"));
  EXPECT_THAT(internal_error(2,
                             [](Communicator& comm) {
                               std::vector<std::byte> buffer(8);
                               std::vector<Piece> out(2);
                               std::vector<Piece> in(2);
                               out[at(1 - comm.rank())].bytes = 8;
                               in[at(1 - comm.rank())].bytes = comm.rank() == 1 ? 4 : 8;
                               comm.all_to_all(buffer, out, buffer, in);
                             }),
              HasSubstr("rank 0 sends 8 bytes to rank 1, which expects 4"));
}

// Rank 1 comes only after rank 0 has worked: rank 0 would wait for ever if it did not work while it waits.
TEST(Simulated, ARankWorksWhileItWaits) {
  for (const bool fails : {false, true}) {
    std::atomic<int> parts = 0;
    const auto run = [&] {
      run_simulated(2, {}, [&](Communicator& comm) {
        std::array<std::byte, 2> buffer{};
        const std::array<Piece, 2> pieces{Piece{0, 1}, Piece{1, 1}};
        buffer[at(comm.rank())] = std::byte{7};
        if (comm.rank() == 1) {
          while (parts < 3) std::this_thread::yield();
          comm.all_gather(buffer, pieces);
        } else {
          comm.all_gather_while(buffer, pieces, [&] {
            if (++parts < 3) return true;
            if (fails) throw DataError("of the work");
            return false;
          });
        }
        EXPECT_EQ(buffer, (std::array{std::byte{7}, std::byte{7}}));
      });
    };
    if (fails)
      EXPECT_THROW(run(), DataError);
    else
      run();
    EXPECT_EQ(parts, 3);
  }
}

TEST(Simulated, ManyRanksMeetOften) {
  static constexpr int ranks = 512;
  run_simulated(ranks, {}, [](Communicator& comm) {
    for (int step = 0; step < 20; ++step) {
      EXPECT_EQ(combine(comm, 1, Reduction::sum), ranks);
      EXPECT_EQ(gather_all(comm, static_cast<std::int64_t>(comm.rank()))[511], 511);
    }
  });
}

}  // namespace
}  // namespace vireo
