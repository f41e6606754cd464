// Pins the exchange to its definition, (1/M) sum_m Q_m(x_m) compressed again on the way down, with the same bits on every
// world; its byte counts; and how it fails.
#include "vireo/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <cmath>
#include <cstring>

#include "compressors/none.hpp"
#include "compressors/randk.hpp"
#include "support/worlds.hpp"
#include "vireo/comm/simulated.hpp"

namespace vireo {
namespace {

constexpr std::uint64_t seed = 17;

Vector message(Index m, Index d) {
  Vector x(d);
  random::normals({.seed = 3, .purpose = random::Purpose::problem, .worker = m}, 0, x);
  return x;
}

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
  if (c.k_up > 0) channel.uplink = RandK::of_size(c.k_up);
  if (c.k_down > 0) channel.downlink = RandK::of_size(c.k_down);
  return channel;
}

const std::vector<Case> cases{
    {1, 1, 0, 0},     {1, 50, 5, 5},      {2, 5, 0, 0},       {8, 100, 0, 0},      {8, 100, 10, 0},     {8, 100, 10, 10},
    {8, 100, 50, 7},  {10, 1000, 100, 0}, {10, 1000, 3, 3},   {64, 3000, 30, 300}, {64, 3000, 600, 30}, {13, 5001, 1, 5001},
    {3, 7, 7, 7},     {5, 20000, 200, 1}, {64, 64, 1, 1},     {7, 4097, 2000, 0},
};

TEST(Exchange, IsTheMeanOfTheDefinitionBitForBitOnEveryWorld) {
  test::on_every_world([](Communicator& comm) {
    for (const auto& c : cases) {
      Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
      for (const std::uint64_t iteration : {0, 1, 12345}) {
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

TEST(Exchange, CountsTheBytesOfTheServerModelWhateverTheRanks) {
  test::on_every_world([](Communicator& comm) {
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    for (const auto& c : cases) {
      Exchange exchange(comm, WorkerLayout(c.M, static_cast<Index>(comm.size())), c.d, seed);
      Vector out(c.d);
      exchange.mean(channel_of(c), 0, [](Index, View x) { std::fill(x.begin(), x.end(), 1.0); }, out);
      const auto up = static_cast<std::int64_t>(8 * c.M * (c.k_up > 0 ? c.k_up : c.d));
      const auto down = static_cast<std::int64_t>(8 * c.M * (c.k_down > 0 ? c.k_down : c.d));
      EXPECT_EQ(total(exchange.ledger().wire_bytes_up), up);
      EXPECT_EQ(total(exchange.ledger().wire_bytes_down), down);
    }
  });
}

// With one worker a rank, Rand-k both ways: a rank sends about k/P values to each other rank and its share of the way down to all.
TEST(Exchange, BytesHandedToTheNetworkDoNotGrowWithTheDimensionWhenCompressed) {
  test::on_simulated(4, [](Communicator& comm) {
    const Index d = 40000;
    const Index k = 400;
    Exchange exchange(comm, WorkerLayout(4, 4), d, seed);
    Vector out(d);
    exchange.mean({RandK::of_size(k), RandK::of_size(k)}, 0, [](Index, View x) { std::fill(x.begin(), x.end(), 1.0); }, out);
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
      } catch (const PeerFailure&) {
        EXPECT_FALSE(mine);
      } catch (const DataError& error) {
        EXPECT_TRUE(mine);
        EXPECT_STREQ(error.what(), "row 12 is odd");
      }
    }
  });
}

}  // namespace
}  // namespace vireo
