// LIBSVM text in the page cache to rows in memory, on one rank: MB/s. What must be seen: at least 150 MB/s.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "vireo/comm/simulated.hpp"
#include "vireo/core/random.hpp"
#include "vireo/io/libsvm.hpp"

namespace {

using namespace vireo;

enum Kind : int { indicators, full_precision };

// Rows like those of w8a (few entries, all 1), or dense rows of numbers in full precision.
std::string generate(int kind, std::size_t bytes) {
  random::Stream stream({.seed = 1});
  std::string text;
  char number[32];
  while (text.size() < bytes) {
    text += stream.below(30) == 0 ? "+1" : "-1";
    for (std::uint64_t index = 1; index <= 300;) {
      index += kind == indicators ? stream.below(50) : 0;
      if (index > 300) break;
      const double value = kind == indicators ? 1 : 2 * stream.uniform() - 1;
      std::snprintf(number, sizeof number, " %d:%.17g", static_cast<int>(index), value);
      text += number;
      ++index;
    }
    text += "\n";
  }
  return text;
}

void read_and_deal(benchmark::State& state) {
  const auto path = std::filesystem::temp_directory_path() / ("vireo-libsvm-bench-" + std::to_string(::getpid()));
  const std::string text = generate(static_cast<int>(state.range(0)), std::size_t{32} << 20);
  std::ofstream(path, std::ios::binary) << text;
  run_simulated(1, {}, [&](Communicator& comm) {
    for (auto _ : state) {
      auto file = read_libsvm(comm, path.string());
      if (state.range(1) != 0) {
        auto rows = deal_rows(comm, std::move(file), WorkerLayout(16, 1), false, 0);
        benchmark::DoNotOptimize(rows.data());
      }
      benchmark::DoNotOptimize(file.rows);
    }
  });
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
  std::filesystem::remove(path);
}
BENCHMARK(read_and_deal)
    ->ArgNames({"full_precision", "dealt"})
    ->ArgsProduct({{indicators, full_precision}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
