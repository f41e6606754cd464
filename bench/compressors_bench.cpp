// What compressing costs. Must be seen: Top-k of 1% of 1e7 numbers in at most three times the time of reading them
// twice, and Rand-k in time proportional to k, not to the dimension. Also shown: each compressor's rate, next to
// memcpy's.
#include <cstring>

#include "bench/compare.hpp"
#include "bench/read_sum.hpp"
#include "vireo/app/registry.hpp"

namespace {

using namespace vireo;

CompressorPointer make(const std::string& spec) {
  static const Registry registry = Registry::builtin();
  return make_compressor(registry.compressors, spec);
}

/// A worker's message as one piece: encoded by its sender, and decoded by who receives it.
class OneMessage {
 public:
  OneMessage(const std::string& spec, Index dimension) : compressor_(make(spec)), x_(dimension) {
    message_.dimension = dimension;
    message_.workers = 8;
    message_.key = {.seed = 2, .purpose = random::Purpose::uplink};
    random::normals({.seed = 3}, 0, x_);
  }

  void encode() {
    bytes_.clear();
    support();
    const HeadPointer head = compressor_->summarize(message_, whole(), x_, alone_);
    compressor_->encode(part(), head.get(), x_, bytes_);
    benchmark::DoNotOptimize(bytes_.data());
  }
  void decode() {
    entries_.clear();
    support();
    compressor_->decode(part(), bytes_, entries_);
    benchmark::DoNotOptimize(entries_.values.data());
  }
  [[nodiscard]] const Vector& x() const { return x_; }

 private:
  [[nodiscard]] Range whole() const { return {0, x_.size()}; }
  [[nodiscard]] Part part() const { return {message_, whole(), support_}; }
  void support() {
    support_.clear();
    if (compressor_->support_kind() == Compressor::Support::key) compressor_->support(message_, whole(), support_);
  }

  CompressorPointer compressor_;
  Vector x_;
  Message message_;
  Holders alone_;
  std::vector<random::Offset> support_;
  Compressor::Bytes bytes_;
  Entries entries_;
};

void once(benchmark::internal::Benchmark* bench) {
  bench->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);
}

/// The counter `milliseconds` is what topk_peers.py compares its peers to.
void topk(benchmark::State& state) {
  OneMessage message("topk:fraction=0.01", 10'000'000);
  for (auto _ : state) {
    const auto times = bench::against_reading(3.0, message.x().data(), message.x().size(), [&] { message.encode(); });
    state.SetIterationTime(times.action);
    state.counters["milliseconds"] = 1e3 * times.action;
    bench::line(state, "topk, 1% of d = 1e7: encoding / reading the vector twice", times.action / (2 * times.reading),
                bench::at_most(3));
  }
}
BENCHMARK(topk)->Apply(once);

/// Ten times the dimension and ten times k, against the same k.
void randk(benchmark::State& state) {
  OneMessage base("randk:k=10000", 1'000'000);
  OneMessage more_entries("randk:k=100000", 10'000'000);
  OneMessage more_dimensions("randk:k=10000", 10'000'000);
  for (auto _ : state) {
    const auto times = bench::fastest_in_turns(
        2.0, [&] { base.encode(); }, [&] { more_dimensions.encode(); }, [&] { more_entries.encode(); });
    state.SetIterationTime(times[0]);
    state.counters["ten_times_k"] = times[2] / times[1];
    bench::line(state, "randk, k = 1e4: encoding for d = 1e7 / for d = 1e6", times[1] / times[0], bench::at_most(2));
  }
}
BENCHMARK(randk)->Apply(once);

void rate(benchmark::State& state, const std::string& spec) {
  constexpr Index dimension = 10'000'000;
  OneMessage message(spec, dimension);
  Vector copy(dimension);
  for (auto _ : state) {
    const auto times = bench::fastest_in_turns(
        1.0, [&] { message.encode(); }, [&] { message.decode(); },
        [&] { std::memcpy(copy.data(), message.x().data(), dimension * sizeof(double)); });
    const auto gigabytes_per_second = [](double seconds) { return dimension * sizeof(double) / seconds / 1e9; };
    state.SetIterationTime(times[0]);
    state.counters["decode_GB_per_s"] = gigabytes_per_second(times[1]);
    state.counters["memcpy_GB_per_s"] = gigabytes_per_second(times[2]);
    bench::line(state, spec + ", d = 1e7: GB/s of input encoded", gigabytes_per_second(times[0]), bench::shown());
  }
}
BENCHMARK_CAPTURE(rate, none, "none")->Apply(once);
BENCHMARK_CAPTURE(rate, randk, "randk:fraction=0.01")->Apply(once);
BENCHMARK_CAPTURE(rate, randk_shared, "randk-shared:fraction=0.01")->Apply(once);
BENCHMARK_CAPTURE(rate, permk, "permk")->Apply(once);
BENCHMARK_CAPTURE(rate, topk, "topk:fraction=0.01")->Apply(once);
BENCHMARK_CAPTURE(rate, dithering, "dithering")->Apply(once);
BENCHMARK_CAPTURE(rate, natural, "natural")->Apply(once);
BENCHMARK_CAPTURE(rate, rounding, "rounding:bits=16")->Apply(once);
BENCHMARK_CAPTURE(rate, sign, "sign")->Apply(once);
BENCHMARK_CAPTURE(rate, induced, "induced:first=[topk:fraction=0.01],second=[randk:fraction=0.01]")->Apply(once);

}  // namespace

BENCHMARK_MAIN();
