// The pair form F_m(u), F_m(v) in one pass against one gradient, on rows like those of w8a: 49749 x 300, 11.65 entries
// a row. What must be seen: `ratio` at most 1.3. Both are timed in turns in the same run, and the fastest of each
// counts.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <vector>

#include "problems/logistic_shard.hpp"
#include "problems/robust_regression_shard.hpp"
#include "vireo/core/random.hpp"

namespace {

using namespace vireo;

constexpr Index rows_in_total = 49749;
constexpr Index features = 300;
constexpr double entries_per_row = 11.65;

// Features differ in how often they occur, as in w8a: their probability falls off linearly.
SparseRows generate(Index count, std::uint64_t worker) {
  random::Stream stream({.seed = 1, .worker = worker});
  SparseRows rows;
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < features; ++j) {
      const double probability = 2 * entries_per_row / static_cast<double>(features) *
                                 (1 - (static_cast<double>(j) + 0.5) / static_cast<double>(features));
      if (stream.uniform() > probability) continue;
      rows.columns.push_back(static_cast<std::uint32_t>(j));
      rows.values.push_back(1);
    }
    rows.start.push_back(rows.columns.size());
    rows.labels.push_back(stream.below(30) == 0 ? 1 : -1);
  }
  return rows;
}

template <class Action>
double seconds(Action&& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One call for each shard in turn, as a method makes them.
void compare(benchmark::State& state, const std::vector<std::unique_ptr<Shard>>& shards, Index d) {
  Vector u(d), v(d), out_u(d), out_v(d);
  random::normals({.seed = 2}, 0, u);
  random::normals({.seed = 3}, 0, v);
  double single = INFINITY;
  double pair = INFINITY;
  for (auto _ : state) {
    single = std::min(single, seconds([&] {
                        for (const auto& shard : shards) shard->mean(u, out_u);
                      }));
    const double took = seconds([&] {
      for (const auto& shard : shards) shard->mean_pair(u, v, out_u, out_v);
    });
    pair = std::min(pair, took);
    state.SetIterationTime(took);
  }
  state.counters["gradient_us"] = 1e6 * single;
  state.counters["pair_us"] = 1e6 * pair;
  state.counters["ratio"] = pair / single;
}

void logistic_pair(benchmark::State& state) {
  const auto workers = static_cast<Index>(state.range(0));
  const auto scratch = std::make_shared<sparse::PairScratch>();
  std::vector<std::unique_ptr<Shard>> shards;
  for (Index m = 0; m < workers; ++m)
    shards.push_back(
        std::make_unique<LogisticShard>(generate(part_of(rows_in_total, workers, m).size(), m), 1.0, 0.01, scratch));
  compare(state, shards, features);
}
BENCHMARK(logistic_pair)->ArgName("workers")->Arg(1)->Arg(16)->Arg(64)->UseManualTime()->MinTime(1);

void robust_regression_pair(benchmark::State& state) {
  const auto workers = static_cast<Index>(state.range(0));
  const auto scratch = std::make_shared<sparse::PairScratch>();
  std::vector<std::unique_ptr<Shard>> shards;
  for (Index m = 0; m < workers; ++m)
    shards.push_back(std::make_unique<RobustRegressionShard>(generate(part_of(rows_in_total, workers, m).size(), m),
                                                             1.0, 0.1, 2.0, scratch));
  compare(state, shards, 2 * features);
}
BENCHMARK(robust_regression_pair)->ArgName("workers")->Arg(1)->Arg(16)->Arg(64)->UseManualTime()->MinTime(1);

}  // namespace

BENCHMARK_MAIN();
