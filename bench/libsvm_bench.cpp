// LIBSVM text in the page cache to rows in memory, on one rank, in MB of text a second. What must be seen: at least 150
// MB/s for plain files; also with the rows dealt out to 16 workers, and from gzip.
#include <zlib.h>

#include <cstdio>

#include "bench/compare.hpp"
#include "bench/data.hpp"
#include "io/libsvm.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

using namespace vireo;

constexpr Index rows_like_w8a = 450000;  // 32 MB
constexpr Index dense_rows = 5000;       // 37 MB

/// Dense rows of 300 numbers in full precision
std::string full_precision(Index rows) {
  random::Stream stream({.seed = 1});
  std::string text;
  char number[40];
  for (Index i = 0; i < rows; ++i) {
    text += stream.below(2) == 0 ? "1" : "-1";
    for (int index = 1; index <= 300; ++index) {
      std::snprintf(number, sizeof number, " %d:%.17g", index, 2 * stream.uniform() - 1);
      text += number;
    }
    text += "\n";
  }
  return text;
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ErrorKind::internal, "deflateInit2");
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;  // zlib takes no const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw Error(ErrorKind::internal, "deflate");
  return out;
}

enum class Form { plain, gzip };

void read(benchmark::State& state, const std::string& name, const std::string& text, Form form, bool dealt,
          const bench::Target& target) {
  const bench::TemporaryFile file(form == Form::gzip ? gzipped(text) : text);
  run_simulated(1, {}, [&](Communicator& comm) {
    for (auto _ : state) {
      const auto times = bench::fastest_in_turns(3.0, [&] {
        auto rows = read_libsvm(comm, file.path());
        if (dealt) benchmark::DoNotOptimize(deal_rows(comm, std::move(rows), WorkerLayout(16, 1), false, 0));
        benchmark::DoNotOptimize(rows);
      });
      state.SetIterationTime(times[0]);
      line(state,
           "LIBSVM, " + name + (form == Form::gzip ? ", gzip" : "") + (dealt ? ", dealt to 16 workers" : "") + ": MB/s",
           1e-6 * static_cast<double>(text.size()) / times[0], target);
    }
  });
}

void indicators(benchmark::State& state, Form form, bool dealt, const bench::Target& target) {
  static const std::string text = bench::w8a_like(rows_like_w8a);
  read(state, "rows like w8a", text, form, dealt, target);
}

void numbers(benchmark::State& state, Form form, bool dealt, const bench::Target& target) {
  static const std::string text = full_precision(dense_rows);
  read(state, "full precision", text, form, dealt, target);
}

void once(benchmark::internal::Benchmark* bench) {
  bench->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(indicators, read, Form::plain, false, bench::at_least(150))->Apply(once);
BENCHMARK_CAPTURE(indicators, dealt, Form::plain, true, bench::at_least(150))->Apply(once);
BENCHMARK_CAPTURE(numbers, read, Form::plain, false, bench::at_least(150))->Apply(once);
BENCHMARK_CAPTURE(numbers, dealt, Form::plain, true, bench::at_least(150))->Apply(once);
BENCHMARK_CAPTURE(indicators, gzip, Form::gzip, false, bench::shown())->Apply(once);
BENCHMARK_CAPTURE(numbers, gzip, Form::gzip, false, bench::shown())->Apply(once);

}  // namespace

BENCHMARK_MAIN();
