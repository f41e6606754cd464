// Both communicators do what vireo/comm/communicator.hpp says: the same bodies run on each.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "support/worlds.hpp"
#include "vireo/core/error.hpp"

namespace vireo {
namespace {

using test::on_every_world;

std::size_t at(int rank) { return static_cast<std::size_t>(rank); }

/// Byte i of what rank `from` sends to rank `to`
std::byte content(int from, int to, std::size_t i) {
  return static_cast<std::byte>((at(from) * 31 + at(to) * 17 + i * 7 + i / 251) & 0xff);
}

struct Case {
  const char* name;
  std::size_t unit;  ///< every size is a multiple of it
  std::size_t gap;   ///< bytes between the pieces of a buffer
};

/// 0 for many pairs, and not symmetric
std::size_t units_sent(int from, int to) { return from == to ? 0 : at((from * 3 + to * 5) % 7); }

class AllToAll : public ::testing::TestWithParam<Case> {};

TEST_P(AllToAll, DeliversPiecesOfVariedSizeZeroIncluded) {
  const auto [name, unit, gap] = GetParam();
  on_every_world([&, unit = unit, gap = gap](Communicator& comm) {
    const int me = comm.rank();
    std::vector<Piece> outgoing(at(comm.size()));
    std::vector<Piece> incoming(at(comm.size()));
    std::size_t send_bytes = 0;
    std::size_t receive_bytes = gap;
    for (int p = comm.size() - 1; p >= 0; --p) {  // not in the order of ranks
      outgoing[at(p)] = {send_bytes, unit * units_sent(me, p)};
      send_bytes += outgoing[at(p)].bytes + gap;
      incoming[at(p)] = {receive_bytes, unit * units_sent(p, me)};
      receive_bytes += incoming[at(p)].bytes + gap;
    }
    std::vector<std::byte> send(send_bytes);
    std::vector<std::byte> receive(receive_bytes, std::byte{0xee});
    auto expected = receive;
    std::size_t payload = 0;
    std::size_t arriving = 0;
    for (int p = 0; p < comm.size(); ++p) {
      const auto& out = outgoing[at(p)];
      for (std::size_t i = 0; i < out.bytes; ++i) send[out.offset + i] = content(me, p, i);
      const auto& in = incoming[at(p)];
      for (std::size_t i = 0; i < in.bytes; ++i) expected[in.offset + i] = content(p, me, i);
      payload += out.bytes;
      arriving += in.bytes;
    }
    const auto before = comm.bytes_sent();
    const auto received_before = comm.bytes_received();
    comm.all_to_all(send, outgoing, receive, incoming);
    EXPECT_TRUE(receive == expected);
    EXPECT_EQ(comm.bytes_sent() - before, static_cast<std::int64_t>(payload));
    EXPECT_EQ(comm.bytes_received() - received_before, static_cast<std::int64_t>(arriving));
  });
}

INSTANTIATE_TEST_SUITE_P(Units, AllToAll,
                         ::testing::Values(Case{"numbers", 8, 0}, Case{"numbers_with_gaps", 8, 16}, Case{"bytes", 1, 3},
                                           Case{"large", 80'000, 8}),
                         [](const auto& test) { return test.param.name; });

TEST(AllToAll, SendersOfNumbersAndReceiversOfBytesMayMeet) {
  on_every_world([](Communicator& comm) {
    // odd ranks receive at an odd offset: MPI then counts in bytes there, and in numbers elsewhere
    const std::size_t shift = at(comm.rank() % 2);
    std::vector<Piece> outgoing(at(comm.size()));
    std::vector<Piece> incoming(at(comm.size()));
    for (int p = 0; p < comm.size(); ++p)
      if (p != comm.rank()) {
        outgoing[at(p)] = {0, 8};
        incoming[at(p)] = {8 * at(p) + shift, 8};
      }
    const std::vector<std::byte> send(8, static_cast<std::byte>(comm.rank() + 1));
    std::vector<std::byte> receive(8 * at(comm.size()) + 1);
    comm.all_to_all(send, outgoing, receive, incoming);
    for (int p = 0; p < comm.size(); ++p) {
      if (p == comm.rank()) continue;
      EXPECT_EQ(receive[8 * at(p) + shift + 7], static_cast<std::byte>(p + 1));
    }
  });
}

TEST(AllToAll, RefusesPiecesToSelfAndPiecesOutsideTheBuffer) {
  on_every_world([](Communicator& comm) {
    std::vector<std::byte> buffer(8);
    const std::vector<Piece> none(at(comm.size()));
    auto self = none;
    self[at(comm.rank())] = {0, 8};
    auto outside = none;
    outside[at((comm.rank() + 1) % comm.size())] = {4, 8};
    EXPECT_THROW(comm.all_to_all(buffer, self, buffer, none), Error);
    EXPECT_THROW(comm.all_to_all(buffer, outside, buffer, none), Error);
    EXPECT_THROW(comm.all_to_all(buffer, {}, buffer, none), Error);
    comm.barrier();
  });
}

TEST(AllGather, CompletesTheBufferInPlace) {
  for (const std::size_t unit : {std::size_t{1}, std::size_t{8}, std::size_t{40'000}})
    on_every_world([unit](Communicator& comm) {
      std::vector<Piece> pieces;
      std::size_t total = 3 * unit;  // bytes before and after the pieces stay as they are
      for (int p = 0; p < comm.size(); ++p) {
        pieces.push_back({total, unit * at(p % 3)});
        total += pieces.back().bytes;
      }
      std::vector<std::byte> buffer(total + unit, std::byte{0xee});
      auto expected = buffer;
      std::int64_t of_others = 0;
      for (int p = 0; p < comm.size(); ++p)
        if (p != comm.rank()) of_others += static_cast<std::int64_t>(pieces[at(p)].bytes);
      for (int p = 0; p < comm.size(); ++p)
        for (std::size_t i = 0; i < pieces[at(p)].bytes; ++i) {
          expected[pieces[at(p)].offset + i] = content(p, p, i);
          if (p == comm.rank()) buffer[pieces[at(p)].offset + i] = content(p, p, i);
        }
      const auto before = comm.bytes_sent();
      const auto received_before = comm.bytes_received();
      comm.all_gather(buffer, pieces);
      EXPECT_TRUE(buffer == expected);
      EXPECT_EQ(comm.bytes_sent() - before,
                of_others + static_cast<std::int64_t>(pieces[at(comm.rank())].bytes) -
                    static_cast<std::int64_t>(pieces[at((comm.rank() + 1) % comm.size())].bytes));
      EXPECT_EQ(comm.bytes_received() - received_before, of_others);
    });
}

TEST(AllGather, MayWorkWhileOthersAreWaitedFor) {
  on_every_world([](Communicator& comm) {
    std::vector<Piece> pieces;
    for (int p = 0; p < comm.size(); ++p) pieces.push_back({8 * at(p), 8});
    std::vector<double> numbers(at(comm.size())), expected;
    for (int p = 0; p < comm.size(); ++p) expected.push_back(p + 0.5);
    const auto buffer = std::as_writable_bytes(std::span(numbers));
    for (const int most : {0, 1, 3, 1'000'000}) {
      std::ranges::fill(numbers, -1);
      numbers[at(comm.rank())] = comm.rank() + 0.5;
      int parts = 0;
      bool ended = false;
      const auto before = comm.bytes_sent();
      comm.all_gather_while(buffer, pieces, [&] {
        EXPECT_FALSE(ended) << "called again after the last part";
        ended = parts == most;
        if (!ended) ++parts;
        return !ended;
      });
      EXPECT_EQ(numbers, expected);
      EXPECT_LE(parts, most);
      EXPECT_EQ(comm.bytes_sent() - before, 8 * (comm.size() - 1));
    }
  });
}

// A rank whose work fails still takes part: the others get what they wait for, and the next operation works.
TEST(AllGather, WorkThatFailsDoesSoAfterTheOperation) {
  on_every_world([](Communicator& comm) {
    if (comm.size() == 1) return;
    std::vector<Piece> pieces;
    for (int p = 0; p < comm.size(); ++p) pieces.push_back({8 * at(p), 8});
    std::vector<std::int64_t> numbers(at(comm.size()), -1);
    numbers[at(comm.rank())] = comm.rank();
    bool failed = false;
    const auto work = [&]() -> bool {
      if (comm.rank() != 0) return false;
      failed = true;
      throw UsageError("work");
    };
    try {
      comm.all_gather_while(std::as_writable_bytes(std::span(numbers)), pieces, work);
      EXPECT_FALSE(failed);
    } catch (const UsageError&) {
      EXPECT_TRUE(failed);
    }
    for (int p = 0; p < comm.size(); ++p) EXPECT_EQ(numbers[at(p)], p);
    EXPECT_EQ(combine(comm, 1, Reduction::sum), comm.size());
  });
}

TEST(Broadcast, ReachesAllFromEveryRoot) {
  on_every_world([](Communicator& comm) {
    for (int root = 0; root < comm.size(); ++root) {
      std::vector<double> numbers(1000, comm.rank() == root ? root + 0.5 : -1.0);
      const auto before = comm.bytes_sent();
      const auto received_before = comm.bytes_received();
      comm.broadcast(std::as_writable_bytes(std::span(numbers)), root);
      EXPECT_EQ(numbers, std::vector<double>(1000, root + 0.5));
      EXPECT_EQ(comm.bytes_sent() - before, comm.rank() == root ? 8000 * (comm.size() - 1) : 0);
      EXPECT_EQ(comm.bytes_received() - received_before, comm.rank() == root ? 0 : 8000);
    }
    std::vector<std::byte> nothing;
    comm.broadcast(nothing, 0);
  });
}

TEST(Combine, MixesReductionsInOneCallExactly) {
  on_every_world([](Communicator& comm) {
    constexpr std::int64_t large = (std::int64_t{1} << 53) + 1;  // not a double
    const std::int64_t rank = comm.rank();
    const std::int64_t last = comm.size() - 1;
    std::vector<std::int64_t> values{large + rank, large + rank, 1, -rank, std::numeric_limits<std::int64_t>::min()};
    const std::vector how{Reduction::minimum, Reduction::maximum, Reduction::sum, Reduction::minimum,
                          Reduction::maximum};
    const auto before = comm.bytes_sent();
    comm.combine(values, how);
    EXPECT_EQ(values, (std::vector<std::int64_t>{large, large + last, comm.size(), -last,
                                                 std::numeric_limits<std::int64_t>::min()}));
    EXPECT_EQ(comm.bytes_sent(), before);  // a few numbers, not counted
    comm.combine({}, {});
    EXPECT_THROW(comm.combine(values, {}), Error);
    comm.barrier();
  });
}

TEST(Helpers, GatherAndBroadcastNumbersAndStrings) {
  on_every_world([](Communicator& comm) {
    const auto ranks = at(comm.size());
    EXPECT_EQ(combine(comm, comm.rank() + 1, Reduction::sum), comm.size() * (comm.size() + 1) / 2);
    std::vector<std::int64_t> expected(ranks);
    std::iota(expected.begin(), expected.end(), -5);
    EXPECT_EQ(gather_all(comm, static_cast<std::int64_t>(comm.rank() - 5)), expected);

    // lengths differ, some are empty
    const auto text_of = [](int rank) { return std::string(at(rank % 3) * 5, static_cast<char>('a' + rank)); };
    const auto texts = gather_all(comm, text_of(comm.rank()));
    ASSERT_EQ(texts.size(), ranks);
    for (int p = 0; p < comm.size(); ++p) EXPECT_EQ(texts[at(p)], text_of(p));

    const int root = comm.size() - 1;
    EXPECT_EQ(broadcast(comm, "text of rank " + std::to_string(comm.rank()), root),
              "text of rank " + std::to_string(root));
    EXPECT_FALSE(comm.host().empty());
  });
}

TEST(Guard, SeesOneRankThatDiffers) {
  on_every_world([](Communicator& comm) {
    std::vector<int> same{1, 2, 3};
    EXPECT_TRUE(test::is_same_on_all_ranks(comm, same));
    if (comm.size() == 1) return;
    auto differs = same;
    if (comm.rank() == comm.size() - 1) differs[1] = 7;
    EXPECT_FALSE(test::is_same_on_all_ranks(comm, differs));
    if (comm.rank() == 0) same.push_back(4);
    EXPECT_FALSE(test::is_same_on_all_ranks(comm, same));
  });
}

}  // namespace
}  // namespace vireo
