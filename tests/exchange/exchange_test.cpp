// Pins the exchange to its definition, (1/M) sum_m Q_m(x_m) compressed again on the downlink, with the same bits on
// every world; its byte counts; and how it fails.
#include "vireo/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "compressors/support.hpp"
#include "encoding/apply.hpp"
#include "exchange/messages.hpp"
#include "support/worlds.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// Rand-k of k coordinates
CompressorPointer randk(Index k) {
  static const auto registry = Registry::builtin();
  return make_compressor(registry.compressors, "randk:k=" + std::to_string(k));
}

using test::message;

constexpr std::uint64_t seed = 17;

/// (d/k) x on a random subset, zero elsewhere: written again here, from the definition
Vector randk(ConstView x, Index k, const random::Key& key) {
  std::vector<random::Offset> kept;
  random::Subset(key, x.size(), k).append_range(0, x.size(), kept);
  Vector out(x.size(), 0.0);
  for (const auto j : kept) out[j] = static_cast<double>(x.size()) / static_cast<double>(k) * x[j];
  return out;
}

Vector tree_sum(std::vector<Vector> terms) {
  for (std::size_t width = 1; width < terms.size(); width *= 2)
    for (std::size_t m = 0; m + width < terms.size(); m += 2 * width)
      for (std::size_t j = 0; j < terms[m].size(); ++j) terms[m][j] += terms[m + width][j];
  return terms[0];
}

struct Case {
  Index M;
  Index d;
  Index k_up;    ///< 0: identity
  Index k_down;  ///< 0: identity
};

Vector expected_mean(const Case& c, std::uint64_t iteration) {
  std::vector<Vector> terms;
  for (Index m = 0; m < c.M; ++m) {
    terms.push_back(message(m, c.d));
    if (c.k_up > 0) terms.back() = randk(terms.back(), c.k_up, {seed, random::Purpose::uplink, m, iteration});
  }
  Vector mean = tree_sum(std::move(terms));
  for (double& value : mean) value = value / static_cast<double>(c.M) + 0.0;
  if (c.k_down > 0) mean = randk(mean, c.k_down, {seed, random::Purpose::downlink, random::nobody, iteration});
  return mean;
}

Channel channel_of(const Case& c) {
  Channel channel;
  if (c.k_up > 0) channel.uplink = randk(c.k_up);
  if (c.k_down > 0) channel.downlink = randk(c.k_down);
  return channel;
}

const std::vector<Case> cases{
    {1, 1, 0, 0},     {1, 50, 5, 5},       {2, 5, 0, 0},        {8, 100, 0, 0},
    {8, 100, 10, 0},  {8, 100, 10, 10},    {8, 100, 50, 7},     {10, 1000, 100, 0},
    {10, 1000, 3, 3}, {64, 3000, 30, 300}, {64, 3000, 600, 30}, {13, 5001, 1, 5001},
    {3, 7, 7, 7},     {5, 20000, 200, 1},  {64, 64, 1, 1},      {7, 4097, 2000, 0},
};

TEST(Exchange, IsTheMeanOfTheDefinitionBitForBitOnEveryWorld) {
  test::on_every_world([](Communicator& comm) {
    for (const auto& c : cases) {
      Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
      for (const std::uint64_t iteration : {0U, 1U, 12345U}) {
        Vector out(c.d, std::numeric_limits<double>::quiet_NaN());
        Index next = exchange.workers().begin;
        exchange.mean(
            channel_of(c), iteration,
            [&](Index m, View x) {
              EXPECT_EQ(m, next++);  // each worker of this rank once, in order
              const Vector from = message(m, c.d);
              std::copy(from.begin(), from.end(), x.begin());
            },
            out);
        EXPECT_EQ(next, exchange.workers().end);
        const Vector expected = expected_mean(c, iteration);
        // bytes, not values: the sign of a zero counts
        EXPECT_EQ(std::memcmp(out.data(), expected.data(), 8 * c.d), 0)
            << "M=" << c.M << " d=" << c.d << " k=" << c.k_up << "," << c.k_down << " on " << comm.size();
      }
    }
  });
}

TEST(Exchange, BooksNoDownlinkForWhatStaysWithTheServer) {
  test::on_every_world([](Communicator& comm) {
    Exchange exchange(comm, WorkerLayout(5, static_cast<Index>(comm.size())), 40, seed);
    Vector out(40), again(40);
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    const auto produce = [](Index m, View x) { std::fill(x.begin(), x.end(), static_cast<double>(m)); };
    exchange.mean(Round{.channel = Channel{}, .audience = Audience::server}, produce, out);
    exchange.broadcast_from(
        3, [](View x) { std::fill(x.begin(), x.end(), 7.0); }, again, Audience::server);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_up), 5 * 8 * 40);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_down), 0);
    EXPECT_EQ(out, Vector(40, 2.0));  // all ranks have it all the same
    EXPECT_EQ(again, Vector(40, 7.0));
    exchange.broadcast_from(
        3, [](View x) { std::fill(x.begin(), x.end(), 7.0); }, again);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_down), 5 * 8 * 40);
  });
}

TEST(Exchange, CountsTheBytesOfTheServerModelWhateverTheRanks) {
  test::on_every_world([](Communicator& comm) {
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    for (const auto& c : cases) {
      Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
      Vector out(c.d);
      exchange.mean(
          channel_of(c), 0, [](Index, View x) { std::fill(x.begin(), x.end(), 1.0); }, out);
      const auto up = static_cast<std::int64_t>(8 * c.M * (c.k_up > 0 ? c.k_up : c.d));
      const auto down = static_cast<std::int64_t>(8 * c.M * (c.k_down > 0 ? c.k_down : c.d));
      EXPECT_EQ(total(exchange.ledger().wire_bytes_up), up);
      EXPECT_EQ(total(exchange.ledger().wire_bytes_down), down);
    }
  });
}

// With one worker a rank, Rand-k both ways: a rank sends about k/P values to each other rank and its share of the
// downlink to all.
TEST(Exchange, BytesHandedToTheNetworkDoNotGrowWithTheDimensionWhenCompressed) {
  test::on_simulated(4, [](Communicator& comm) {
    const Index d = 40000;
    const Index k = 400;
    Exchange exchange(comm, WorkerLayout(4, 4), d, seed);
    Vector out(d);
    exchange.mean(
        {randk(k), randk(k)}, 0, [](Index, View x) { std::fill(x.begin(), x.end(), 1.0); }, out);
    const auto sent = combine(comm, comm.bytes_sent(), Reduction::sum);
    EXPECT_LT(sent, static_cast<std::int64_t>(2 * 8 * k * 4));  // 3/4 of 4 k values up, 3 k down, and headers
    EXPECT_GT(sent, static_cast<std::int64_t>(8 * k * 4));
  });
}

TEST(Exchange, AMessageThatIsNotFiniteEndsItOnAllRanks) {
  test::on_every_world([](Communicator& comm) {
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
      for (const auto& c : {Case{8, 100, 0, 0}, Case{8, 100, 100, 0}, Case{8, 100, 100, 5}, Case{8, 100, 0, 1}}) {
        Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
        Vector out(c.d);
        const auto produce = [&](Index m, View x) {
          std::fill(x.begin(), x.end(), 1.0);
          if (m == 5) x[71] = bad;
        };
        EXPECT_THROW(exchange.mean(channel_of(c), 0, produce, out), NotFinite);
        // and the exchange still works
        EXPECT_NO_THROW(exchange.mean([](Index, View x) { std::fill(x.begin(), x.end(), 1.0); }, out));
        EXPECT_EQ(out, Vector(c.d, 1.0));
      }
  });
}

TEST(Exchange, AWorkerThatThrowsEndsItOnAllRanksWithItsOwnError) {
  test::on_every_world([](Communicator& comm) {
    for (const auto& c : {Case{8, 100, 0, 0}, Case{8, 100, 5, 0}, Case{8, 100, 5, 1}, Case{8, 1, 1, 1}}) {
      Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
      Vector out(c.d);
      const bool mine = exchange.workers().contains(5);
      const auto produce = [&](Index m, View x) {
        if (m == 5) throw DataError("row 12 is odd");
        std::fill(x.begin(), x.end(), 1.0);
      };
      try {
        exchange.mean(channel_of(c), 0, produce, out);
        ADD_FAILURE() << "did not throw";
      } catch (const PeerFailure& failure) {
        EXPECT_FALSE(mine);
        EXPECT_EQ(failure.cause(), "row 12 is odd");
      } catch (const DataError& error) {
        EXPECT_TRUE(mine);
        EXPECT_STREQ(error.what(), "row 12 is odd");
      }
    }
  });
}

// Everything below is compared with one simulated rank: with the definition on whole vectors, so to speak.
struct Result {
  Vector mean;
  Vector workers;  ///< e_m, one after the other
  Vector server;
  bool operator==(const Result&) const = default;
};

using SendersOf = std::function<std::vector<Index>(std::uint64_t iteration)>;

/// Three rounds with feedback carried from one to the next; on all ranks the memories of all.
Result three_rounds(Communicator& comm, const Channel& channel, Index M, Index d, bool with_feedback,
                    const SendersOf& senders_of) {
  Exchange exchange(comm, WorkerLayout(M, static_cast<Index>(comm.size())), d, seed);
  auto feedback = exchange.no_feedback();
  Result result{Vector(d), Vector(M * d, 0.0), Vector(d, 0.0)};
  for (std::uint64_t iteration = 0; iteration < 3; ++iteration) {
    const auto senders = senders_of ? senders_of(iteration) : std::vector<Index>{};
    exchange.mean(
        {.channel = channel,
         .iteration = iteration,
         .senders = senders_of ? std::optional<std::span<const Index>>(senders) : std::nullopt,
         .divisor = senders_of ? 7.0 : 0,
         .feedback = with_feedback ? &feedback : nullptr},
        [&](Index m, View x) { std::ranges::copy(message(m + 100 * iteration, d), x.begin()); }, result.mean);
  }
  // memories by worker and coordinate, put together from the ranks: each number has one owner
  std::vector<std::int64_t> bits(M * d + d, 0);
  for (Index m = exchange.workers().begin; m < exchange.workers().end; ++m)
    for (Index j = 0; j < d; ++j) bits[m * d + j] = std::bit_cast<std::int64_t>(feedback.workers[m][j]);
  for (Index j = exchange.segment().begin; j < exchange.segment().end; ++j)
    bits[M * d + j] = std::bit_cast<std::int64_t>(feedback.server.values[j - exchange.segment().begin]);
  comm.combine(bits, std::vector<Reduction>(bits.size(), Reduction::sum));
  for (Index i = 0; i < M * d; ++i) result.workers[i] = std::bit_cast<double>(bits[i]);
  for (Index j = 0; j < d; ++j) result.server[j] = std::bit_cast<double>(bits[M * d + j]);
  return result;
}

const std::vector<std::pair<std::string, std::string>>& channels() {
  static const std::vector<std::pair<std::string, std::string>> all{
      {"topk:k=9", "none"},
      {"topk:fraction=0.3", "topk:k=4"},
      {"randk-shared:k=7", "none"},
      {"randk-shared:k=40", "natural"},
      {"permk", "none"},
      {"permk:wire=float32", "dithering:norm=l2"},
      {"natural", "natural"},
      {"dithering", "rounding:bits=8"},
      {"sign", "sign"},
      {"rounding:bits=16", "randk:k=20"},
      {"none", "topk:k=5,wire=float32"},
      {"dithering:levels=3,norm=l2", "permk"},
      {"induced:first=[topk:k=3],second=[randk:k=3]", "induced:first=[sign],second=[natural]"}};
  return all;
}

Result on_one_rank(const Channel& channel, Index M, Index d, bool with_feedback, const SendersOf& senders_of) {
  Result expected;
  run_simulated(1, {},
                [&](Communicator& alone) { expected = three_rounds(alone, channel, M, d, with_feedback, senders_of); });
  return expected;
}

TEST(Exchange, EveryCompressorGivesTheSameBitsOnEveryWorldWithAndWithoutFeedback) {
  for (const auto& [up, down] : channels())
    for (const auto& [M, d] : {std::pair<Index, Index>{10, 203}, {4, 3000}, {13, 41}})
      for (const bool with_feedback : {false, true}) {
        const Channel channel{test::make(up), test::make(down)};
        const auto expected = on_one_rank(channel, M, d, with_feedback, {});
        // named once more because clang 14 does not capture structured bindings
        test::on_every_world([&, &up = up, &down = down, M = M, d = d](Communicator& comm) {
          EXPECT_TRUE(three_rounds(comm, channel, M, d, with_feedback, {}) == expected)
              << up << " " << down << " M=" << M << " d=" << d << " feedback=" << with_feedback << " on "
              << comm.size();
        });
      }
}

TEST(Exchange, ASubsetOfTheWorkersMaySend) {
  const SendersOf some = [](std::uint64_t iteration) {
    if (iteration == 0) return std::vector<Index>{9};
    if (iteration == 1) return std::vector<Index>{0, 3, 4, 8};
    return std::vector<Index>{1, 2, 3, 4, 5, 6, 7};
  };
  for (const auto& [up, down] : {std::pair<const char*, const char*>{"none", "none"},
                                 {"randk:k=20", "none"},
                                 {"topk:k=20", "topk:k=5"},
                                 {"natural", "natural"},
                                 {"randk-shared:k=30", "none"}})
    for (const bool with_feedback : {false, true}) {
      const Channel channel{test::make(up), test::make(down)};
      const auto expected = on_one_rank(channel, 10, 203, with_feedback, some);
      // the last round once more, from the definition
      if (!with_feedback && std::string(up) == "none") {
        std::vector<Vector> terms(10, Vector(203, 0.0));
        for (const Index m : some(2)) terms[m] = message(m + 200, 203);
        const Vector sum = tree_sum(terms);
        for (Index j = 0; j < 203; ++j) EXPECT_EQ(expected.mean[j], sum[j] / 7.0 + 0.0) << j;
      }
      test::on_every_world([&, &up = up, &down = down](Communicator& comm) {
        EXPECT_TRUE(three_rounds(comm, channel, 10, 203, with_feedback, some) == expected)
            << up << " " << down << " feedback=" << with_feedback << " on " << comm.size();
      });
    }
}

// e_m + what was sent = what was to be sent, and nothing is lost: with Top-k both ways the sum of all that was
// delivered and of the memories is the sum of all that was produced.
TEST(Exchange, FeedbackLosesNothing) {
  test::on_simulated(3, [](Communicator& comm) {
    constexpr Index M = 5, d = 100;
    Exchange exchange(comm, WorkerLayout(M, 3), d, seed);
    auto feedback = exchange.no_feedback();
    const Channel channel{test::make("topk:k=5"), test::make("topk:k=10")};
    Vector delivered(d, 0.0), produced(d, 0.0), out(d);
    for (std::uint64_t iteration = 0; iteration < 20; ++iteration) {
      exchange.mean(
          {.channel = channel, .iteration = iteration, .feedback = &feedback},
          [&](Index m, View x) { std::ranges::copy(message(m + 100 * iteration, d), x.begin()); }, out);
      kernels::axpy(1.0, out, delivered);
      for (Index m = 0; m < M; ++m) kernels::axpy(1.0 / M, message(m + 100 * iteration, d), produced);
    }
    Vector remembered(d);
    exchange.mean([&](Index m, View x) { std::ranges::copy(feedback.workers[m], x.begin()); }, remembered);
    Vector server(d);
    exchange.mean(
        {.channel = {}, .divisor = 1},
        [&](Index m, View x) {
          std::ranges::fill(x, 0.0);
          if (m != exchange.workers().begin) return;
          std::ranges::copy(feedback.server.values, x.begin() + static_cast<std::ptrdiff_t>(exchange.segment().begin));
        },
        server);
    for (Index j = 0; j < d; ++j) EXPECT_NEAR(delivered[j] + remembered[j] + server[j], produced[j], 1e-12) << j;
  });
}

TEST(Exchange, CountsWhatSendersAndSharedMessagesCost) {
  test::on_every_world([](Communicator& comm) {
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    const auto constant = [](Index, View x) { std::ranges::fill(x, 1.0); };
    Exchange exchange(comm, WorkerLayout(10, static_cast<Index>(comm.size())), 203, seed);
    Vector out(203);
    const std::vector<Index> senders{2, 7, 9};
    const Channel topk{test::make("topk:k=5"), nullptr};
    exchange.mean({.channel = topk, .senders = senders}, constant, out);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_up), 3 * topk.uplink->encoded_bytes({{}, 203}));
    EXPECT_EQ(total(exchange.ledger().wire_bytes_down), 10 * 8 * 203);
    exchange.ledger() = {};
    const Channel shared{test::make("randk-shared:k=6"), nullptr};
    exchange.mean(shared, 0, constant, out);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_up), 10 * 48);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_down), 10 * 48);  // k numbers come back
    exchange.ledger() = {};
    const Channel permk{test::make("permk"), nullptr};
    exchange.mean(permk, 0, constant, out);
    EXPECT_EQ(total(exchange.ledger().wire_bytes_up), 8 * 203);
    for (const double value : out) EXPECT_EQ(value, 1.0);  // equal messages: the mean is exact
  });
}

// out = Q^serv( mean + a ), with the same bits on every world; messages of shared draws are then vectors of all
// entries.
TEST(Exchange, TheServerMayAddAVectorBeforeItCompresses) {
  constexpr Index M = 10, d = 203;
  const Vector a = message(77, d);
  for (const auto& [up, down] : {std::pair<const char*, const char*>{"none", "none"},
                                 {"randk:k=20", "topk:k=9"},
                                 {"randk-shared:k=40", "none"},
                                 {"randk-shared:k=40", "randk:k=50"}}) {
    SCOPED_TRACE(std::string(up) + " " + down);
    const Channel channel{test::make(up), test::make(down)};
    const auto produce = [&](Index m, View x) { std::ranges::copy(message(m, d), x.begin()); };
    Vector expected(d);
    run_simulated(1, {}, [&](Communicator& alone) {
      Exchange exchange(alone, WorkerLayout(M, 1), d, seed);
      exchange.mean({channel.uplink, nullptr}, 5, produce, expected);
    });
    kernels::axpy(1.0, a, expected);
    if (!channel.downlink->identity()) {
      encoding::ApplyScratch scratch;
      const Message downwards{{seed, random::Purpose::downlink, random::nobody, 5}, d, M};
      encoding::apply_in_place(*channel.downlink, downwards, expected, scratch);
    }
    test::on_every_world([&](Communicator& comm) {
      Exchange exchange(comm, WorkerLayout(M, static_cast<Index>(comm.size())), d, seed);
      SegmentVector added(exchange.segment(), d);
      std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(added.segment.begin), added.segment.size(),
                  added.values.begin());
      Vector out(d);
      exchange.mean({.channel = channel, .iteration = 5, .added = &added}, produce, out);
      for (Index j = 0; j < d; ++j) ASSERT_EQ(out[j], expected[j]) << j;
      if (added.segment.size() > 0 && comm.rank() == comm.size() - 1) added.values.back() = std::nan("");
      EXPECT_THROW(exchange.mean({.channel = channel, .iteration = 5, .added = &added}, produce, out), NotFinite);
    });
  }
}

TEST(Exchange, AWorkersVectorIsBroadcastToAll) {
  test::on_every_world([](Communicator& comm) {
    Exchange exchange(comm, WorkerLayout(5, static_cast<Index>(comm.size())), 50, seed);
    Vector out(70);
    int calls = 0;
    exchange.broadcast_from(
        3,
        [&](View x) {
          ++calls;
          std::ranges::copy(message(3, 70), x.begin());
        },
        out);
    EXPECT_EQ(out, message(3, 70));
    EXPECT_EQ(combine(comm, calls, Reduction::sum), 1);
    EXPECT_THROW(exchange.broadcast_from(
                     3, [](View x) { std::ranges::fill(x, std::nan("")); }, out),
                 NotFinite);
  });
}

}  // namespace
}  // namespace vireo
