// What the exchange hands back: by entries or by all numbers, the same vector, also to the kernels that take it.
#include "vireo/exchange/mean.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "compressors/support.hpp"
#include "exchange/messages.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo {
namespace {

using test::message;

constexpr std::uint64_t seed = 17;

/// What methods do with a mean gives the numbers that the dense vector gives.
void expect_kernels_of(const Mean& mean, ConstView dense) {
  const Vector x = message(99, dense.size());
  Vector of_mean(x), of_dense(x);
  kernels::axpy(-0.7, mean, of_mean);
  kernels::axpy(-0.7, dense, of_dense);
  EXPECT_EQ(of_mean, of_dense);
  kernels::add_scaled(x, 0.3, mean, of_mean);
  kernels::add_scaled(x, 0.3, dense, of_dense);
  EXPECT_EQ(of_mean, of_dense);
  kernels::subtract(x, mean, of_mean);
  kernels::subtract(x, dense, of_dense);
  EXPECT_EQ(of_mean, of_dense);
}

// The result that the exchange keeps is the one that it writes, in every round: what an earlier round left is gone,
// also one that was denser, or that failed.
TEST(Exchange, KeepsTheResultThatItWrites) {
  test::on_every_world([](Communicator& comm) {
    constexpr Index M = 6, d = 5003;
    Exchange exchange(comm, WorkerLayout(M, static_cast<Index>(comm.size())), d, seed);
    Vector out(d);
    std::uint64_t iteration = 0;
    const auto bad = [](Index, View x) { std::ranges::fill(x, std::nan("")); };
    for (int twice = 0; twice < 2; ++twice)
      for (const auto& [up, down] : {std::pair<const char*, const char*>{"randk:k=40", "randk:k=30"},
                                     {"none", "none"},
                                     {"randk:k=40", "topk:k=7"},
                                     {"topk:k=9", "randk:k=30"},
                                     {"randk-shared:k=11", "none"},
                                     {"randk-shared:k=11", "randk:k=30"},
                                     {"natural", "natural"},
                                     {"randk:k=40,wire=float32", "sign"},
                                     {"randk:k=3000", "randk:k=30"},
                                     {"permk", "randk:k=1"}}) {
        SCOPED_TRACE(std::string(up) + " " + down);
        const Channel channel{test::make(up), test::make(down)};
        const auto produce = [&](Index m, View x) { std::ranges::copy(message(m + 10 * iteration, d), x.begin()); };
        exchange.mean(channel, iteration, produce, out);
        const Mean kept = exchange.mean(channel, iteration, produce);
        Vector copy(d, 7.0);
        kept.copy_to(copy);
        ASSERT_EQ(std::memcmp(out.data(), copy.data(), 8 * d), 0);
        expect_kernels_of(kept, out);
        ++iteration;
        EXPECT_THROW(exchange.mean(channel, iteration, bad), NotFinite);
      }
  });
}

}  // namespace
}  // namespace vireo
