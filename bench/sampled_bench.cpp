// What sampling costs on sparse rows, on w8a or, where that is not there, on rows like it. What must be seen:
// F_S(u) - F_S(v) for a batch of 256 at no less than 0.5 of the speed per component of a pass over all rows; vr-forb
// from end to end (draws, exchange, vectors and snapshots included) at no less than 0.4 of the component evaluations
// per second of full passes; and the same iteration in NumPy and SciPy (vr_numpy.py), side by side, at least 10
// times slower.
#include <time.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "bench/compare.hpp"
#include "bench/data.hpp"
#include "problems/determine_constants.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

using namespace vireo;

constexpr Index batch_size = 256;
constexpr double measuring_seconds = 2.0;

const Registry& registry() {
  static const Registry all = Registry::builtin();
  return all;
}

struct Data {
  std::string path, name;
};
const Data& data() {
  static const Data found = [] {
    const auto path = bench::real_data("w8a");
    if (!path.empty()) return Data{path, "w8a"};
    static const bench::TemporaryFile file(bench::w8a_like(bench::w8a_rows));
    return Data{file.path(), "rows like w8a"};
  }();
  return found;
}

ProblemPointer make_problem(Communicator& comm, const std::string& name, Index workers) {
  const auto& plug = registry().problems.find(name);
  return plug.make(Parameters("problem", Spec::parse(name), plug.parameters),
                   ProblemContext(comm, workers, plug.default_workers, data().path));
}

Vector normal(Index d, std::uint64_t seed) {
  Vector out(d);
  random::normals({.seed = seed}, 0, out);
  return out;
}

/// Evaluations a second of the pair form on batches, against those of one pass over the shard.
void pair_of_batch(benchmark::State& state, const std::string& problem_name, const bench::Target& target) {
  const auto workers = static_cast<Index>(state.range(0));
  run_simulated(1, {}, [&](Communicator& comm) {
    const auto problem = make_problem(comm, problem_name, workers);
    const auto& shard = problem->operators()->shard(0);
    const Index d = problem->dimension();
    const Vector u = normal(d, 2), v = normal(d, 3);
    Vector out_u(d), out_v(d);
    // enough batches that none is met again while it is still in the cache for that reason
    constexpr Index batches = 64;
    std::vector<std::vector<Index>> drawn(batches, std::vector<Index>(batch_size));
    random::Stream stream({.seed = 4});
    for (auto& batch : drawn)
      for (Index& i : batch) i = stream.below(shard.components());
    for (auto _ : state) {
      const auto times = bench::fastest_in_turns(
          measuring_seconds,
          [&] {
            for (const auto& batch : drawn) shard.batch_mean_pair(batch, u, v, out_u, out_v);
          },
          [&] { shard.mean(u, out_u); });
      const double sampled = 2 * static_cast<double>(batches * batch_size) / times[0];
      const double full = static_cast<double>(shard.components()) / times[1];
      state.SetIterationTime(times[0] / static_cast<double>(batches));
      state.counters["ns_per_component"] = 1e9 / full;
      line(state,
           problem_name + ", " + data().name + ", shard of " + std::to_string(shard.components()) +
               ": pair on batches of 256 / full pass, per component",
           sampled / full, target);
    }
  });
}

/// A method on a problem, ready to iterate.
class Going {
 public:
  Going(Communicator& comm, const std::string& problem, const std::string& method, Index workers)
      : problem_(make_problem(comm, problem, workers)),
        regularizer_(problem_->dimension(), {}),
        exchange_(comm, problem_->layout(), problem_->dimension(), 1),
        oracle_(*problem_, exchange_) {
    const Vector z0 = problem_->initial_point();
    const Constants constants =
        problems::determine_constants(*problem_->operators(), exchange_, regularizer_, z0).constants;
    exchange_.book_to(ledger_);
    const auto spec = Spec::parse(method);
    const auto& plug = registry().methods.find(spec.name);
    method_ = plug.make(Parameters("method", spec, plug.parameters), MethodContext{.oracle = oracle_,
                                                                                   .exchange = exchange_,
                                                                                   .regularizer = regularizer_,
                                                                                   .channel = {},
                                                                                   .constants = constants,
                                                                                   .seed = 1});
    method_->start(z0);
  }
  void iterate(int times) {
    for (int k = 0; k < times; ++k) method_->iterate();
  }
  /// component evaluations since the last call
  double calls() {
    const auto now = ledger_.oracle_calls;
    return static_cast<double>(now - std::exchange(seen_, now));
  }
  void pass() {
    Vector F(problem_->dimension());
    exchange_.mean([&](Index m, View x) { oracle_.mean(m, method_->point(), x); }, F);
    benchmark::DoNotOptimize(F.data());
  }
  [[nodiscard]] double components() const { return static_cast<double>(problem_->components()); }

 private:
  ProblemPointer problem_;
  BlockRegularizer regularizer_;
  Exchange exchange_;
  Oracle oracle_;
  Ledger ledger_;
  MethodPointer method_;
  std::int64_t seen_ = 0;
};

/// Processor time, since these blocks are so long that a shared machine interrupts each of them.
template <class Action>
double processor_seconds(Action&& action) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  action();
  return now() - start;
}

/// Component evaluations a second of a method, in blocks that hold their share of snapshots, and of full passes in
/// turn.
struct Rate {
  double sampled = 0;
  double full = 0;
};
Rate rate_of(const std::string& method, Index workers, int block) {
  Rate rate;
  run_simulated(1, {}, [&](Communicator& comm) {
    Going going(comm, "logistic", method, workers);
    going.iterate(block);
    double seconds_sampled = 0, seconds_full = 0, calls = 0, passes = 0;
    for (double total = 0; total < measuring_seconds; total = seconds_sampled + seconds_full) {
      going.calls();
      seconds_sampled += processor_seconds([&] { going.iterate(block); });
      calls += going.calls();
      seconds_full += processor_seconds([&] {
        for (int pass = 0; pass < 5; ++pass) going.pass();
      });
      passes += 5;
    }
    rate.sampled = calls / seconds_sampled;
    rate.full = passes * going.components() / seconds_full;
  });
  return rate;
}

void end_to_end(benchmark::State& state, const std::string& method, int block, const bench::Target& target) {
  const auto workers = static_cast<Index>(state.range(0));
  for (auto _ : state) {
    const Rate rate = rate_of(method, workers, block);
    state.SetIterationTime(1 / rate.sampled);
    state.counters["evaluations_per_us"] = 1e-6 * rate.sampled;
    line(state,
         method + ", logistic, " + data().name + ", " + std::to_string(workers) +
             " workers: evaluations a second / those of full passes",
         rate.sampled / rate.full, target);
  }
}

/// Evaluations a second of the same iteration in NumPy, as the script prints them; 0 if it does not run.
double numpy_rate(const std::string& method, Index batch, double probability) {
  const std::string command = std::string("/usr/bin/python3 ") + VIREO_BENCH_SOURCE + "/vr_numpy.py " + method + " " +
                              data().path + " " + std::to_string(batch) + " " + std::to_string(probability);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  double rate = 0;
  if (!pipe || std::fscanf(pipe.get(), "%lf", &rate) != 1) return 0;
  return rate;
}

/// With large batches most of the time goes to products that SciPy has in C; with small ones it shows what a step
/// costs.
void against_numpy(benchmark::State& state, const std::string& name, Index workers, double refresh_share,
                   const bench::Target& target) {
  const auto batch = static_cast<Index>(state.range(0));
  const double n = static_cast<double>(bench::w8a_rows);
  const double probability = refresh_share * static_cast<double>(batch) / n;
  const std::string method = name + ":batch=" + std::to_string(batch) + ",probability=" + std::to_string(probability);
  for (auto _ : state) {
    const Rate rate = rate_of(method, workers, static_cast<int>(100000 / batch));
    const double numpy = numpy_rate(name, batch, probability);
    if (numpy == 0) {
      state.SkipWithError("no Python with NumPy and SciPy");
      return;
    }
    state.SetIterationTime(1 / rate.sampled);
    line(state, method + ", logistic, " + data().name + ": evaluations a second / those of NumPy and SciPy",
         rate.sampled / numpy, target);
  }
}

void once(benchmark::internal::Benchmark* bench) {
  bench->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(pair_of_batch, logistic, "logistic", bench::at_least(0.5))->Arg(1)->Arg(16)->Apply(once);
BENCHMARK_CAPTURE(pair_of_batch, group_dro, "group-dro", bench::at_least(0.5))->Arg(16)->Apply(once);
// 400 iterations of 512 evaluations and 2 snapshots of 49749 in the mean
BENCHMARK_CAPTURE(end_to_end, batches, "vr-forb:batch=256", 400, bench::at_least(0.4))->Arg(1)->Arg(16)->Apply(once);
// 2000 iterations of 112 evaluations and 4.5 snapshots in the mean
BENCHMARK_CAPTURE(end_to_end, halpern, "vr-halpern", 2000, bench::at_least(0.4))->Arg(1)->Apply(once);
// 3.5 rows a worker and step: what a worker costs, however few rows it has
BENCHMARK_CAPTURE(end_to_end, halpern_many, "vr-halpern", 2000, bench::shown())->Arg(16)->Apply(once);
BENCHMARK_CAPTURE(end_to_end, monotone, "vr-halpern-monotone:batch=256", 4, bench::shown())->Arg(16)->Apply(once);
// as many evaluations in refreshes as in batches: p = b/n, or 2 b/n
BENCHMARK_CAPTURE(against_numpy, forb, "vr-forb", 16, 1, bench::at_least(10))->Arg(1)->Arg(16)->Apply(once);
// its default batch for w8a
BENCHMARK_CAPTURE(against_numpy, halpern, "vr-halpern", 1, 2, bench::at_least(10))->Arg(56)->Apply(once);
BENCHMARK_CAPTURE(against_numpy, large, "vr-forb", 16, 1, bench::shown())->Arg(256)->Apply(once);

}  // namespace

BENCHMARK_MAIN();
