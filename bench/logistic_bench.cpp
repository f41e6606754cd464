// The pair form F_m(u), F_m(v) in one pass over sparse rows against one gradient, over all shards in turn, as a method
// calls them. What must be seen for logistic regression: at most 1.3 times the time of one gradient pass, on rows like
// those of w8a (49749 x 300, 11.65 entries a row) and on w8a itself, for 1, 16 and 64 workers.
#include "bench/compare.hpp"
#include "bench/data.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

using namespace vireo;

ProblemPointer make_problem(Communicator& comm, const std::string& name, Index workers, const std::string& path) {
  static const Registry registry = Registry::builtin();
  const auto& plug = registry.problems.find(name);
  return plug.make(Parameters("problem", Spec::parse(name), plug.parameters),
                   ProblemContext(comm, workers, plug.default_workers, path));
}

void compare(benchmark::State& state, const std::string& problem_name, const std::string& data_name,
             const std::string& path, const bench::Target& target) {
  const auto workers = static_cast<Index>(state.range(0));
  run_simulated(1, {}, [&](Communicator& comm) {
    const auto problem = make_problem(comm, problem_name, workers, path);
    const Index d = problem->dimension();
    Vector u(d), v(d), out_u(d), out_v(d);
    random::normals({.seed = 2}, 0, u);
    random::normals({.seed = 3}, 0, v);
    for (auto _ : state) {
      const auto times = bench::fastest_in_turns(
          2.0,
          [&] {
            for (Index m = 0; m < workers; ++m) problem->operators()->shard(m).mean_pair(u, v, out_u, out_v);
          },
          [&] {
            for (Index m = 0; m < workers; ++m) problem->operators()->shard(m).mean(u, out_u);
          });
      state.SetIterationTime(times[0]);
      state.counters["gradient_us"] = 1e6 * times[1];
      line(state,
           problem_name + ", " + data_name + ", " + std::to_string(workers) + " shards: pair form / one gradient",
           times[0] / times[1], target);
    }
  });
}

void on_generated(benchmark::State& state, const std::string& problem, const bench::Target& target) {
  static const bench::TemporaryFile file(bench::w8a_like(bench::w8a_rows));
  compare(state, problem, "rows like w8a", file.path(), target);
}

void on_w8a(benchmark::State& state, const std::string& problem, const bench::Target& target) {
  const auto path = bench::real_data("w8a");
  if (path.empty()) {
    state.SkipWithError("w8a is not there; VIREO_DATA names the folder that has it");
    return;
  }
  compare(state, problem, "w8a", path, target);
}

void once(benchmark::internal::Benchmark* bench) {
  bench->ArgName("workers")->Arg(1)->Arg(16)->Arg(64)->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(on_generated, logistic, "logistic", bench::at_most(1.3))->Apply(once);
BENCHMARK_CAPTURE(on_w8a, logistic, "logistic", bench::at_most(1.3))->Apply(once);
BENCHMARK_CAPTURE(on_generated, robust_regression, "robust-regression", bench::shown())->Apply(once);
BENCHMARK_CAPTURE(on_w8a, robust_regression, "robust-regression", bench::shown())->Apply(once);

}  // namespace

BENCHMARK_MAIN();
