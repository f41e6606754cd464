// The dense bilinear operator, A y and A'x in one pass over A, against one pass that only reads A and against two
// products by Eigen. What must be seen at d = 6000 (two players of 3000: A is 3000 x 3000, 72 MB): at least 0.85 of the
// read bandwidth, and at least 1.7 times two GEMVs. d = 12000 (288 MB) shows the same far outside all caches.
#include <Eigen/Dense>

#include "bench/compare.hpp"
#include "bench/read_sum.hpp"
#include "problems/games/game_shard.hpp"

namespace {

using namespace vireo;
using bench::at_least;
using bench::shown;
using bench::Target;

constexpr double measuring_seconds = 4;

/// One worker's F(z) = [A y + a + lambda x; -A'x - b + lambda y], and where its matrix lies
struct Game {
  explicit Game(Index d) {
    auto A = std::make_unique<linalg::DenseCoupling>(d / 2, d / 2);
    A->add_normals(1.0, {.seed = 1});
    values = A->row(0).data();
    count = A->bytes() / 8;
    problems::GameComponent component;
    component.A = std::move(A);
    component.diagonal = 0.1;
    component.c.assign(d, 1.0);
    std::vector<problems::GameComponent> components;
    components.push_back(std::move(component));
    shard = std::make_unique<problems::GameShard>(std::move(components), 1.0);
    for (Vector* each : {&u, &v, &out_u, &out_v}) each->resize(d);
    random::normals({.seed = 2}, 0, u);
    random::normals({.seed = 3}, 0, v);
  }
  void mean() { shard->mean(u, out_u); }
  void mean_pair() { shard->mean_pair(u, v, out_u, out_v); }

  std::unique_ptr<problems::GameShard> shard;
  const double* values = nullptr;
  Index count = 0;
  Vector u, v, out_u, out_v;
};

std::string about(const benchmark::State& state, const std::string& what) {
  return "bilinear, d = " + std::to_string(state.range(0)) + " dense: " + what;
}

void against_bandwidth(benchmark::State& state, bool pair, const Target& target) {
  Game game(static_cast<Index>(state.range(0)));
  for (auto _ : state) {
    const auto times = bench::against_reading(measuring_seconds, game.values, game.count,
                                              [&] { pair ? game.mean_pair() : game.mean(); });
    state.SetIterationTime(times.action);
    state.counters["GB_per_s"] = 8e-9 * static_cast<double>(game.count) / times.action;
    state.counters["reading_GB_per_s"] = 8e-9 * static_cast<double>(game.count) / times.reading;
    line(state, about(state, pair ? "pair form / read bandwidth" : "one pass / read bandwidth"),
         times.reading / times.action, target);
  }
}

void against_eigen(benchmark::State& state, const Target& target) {
  const auto d = static_cast<Index>(state.range(0));
  Game game(d);
  const auto h = static_cast<Eigen::Index>(d / 2);
  const auto stride = static_cast<Eigen::Index>(game.count) / h;
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const RowMajor, Eigen::Aligned64, Eigen::OuterStride<>> A(game.values, h, h,
                                                                             Eigen::OuterStride<>(stride));
  const Eigen::Map<const Eigen::VectorXd> x(game.u.data(), h);
  const Eigen::Map<const Eigen::VectorXd> y(game.u.data() + h, h);
  Eigen::VectorXd Ay(h);
  Eigen::VectorXd Atx(h);
  for (auto _ : state) {
    const auto times = bench::fastest_in_turns(
        measuring_seconds, [&] { game.mean(); },
        [&] {
          Ay.noalias() = A * y;
          Atx.noalias() = A.transpose() * x;
          benchmark::ClobberMemory();
        });
    state.SetIterationTime(times[0]);
    state.counters["GEMVs_us"] = 1e6 * times[1];
    line(state, about(state, "two Eigen GEMVs / one pass"), times[1] / times[0], target);
  }
}

void pair_against_single(benchmark::State& state) {
  Game game(static_cast<Index>(state.range(0)));
  for (auto _ : state) {
    const auto times = bench::fastest_in_turns(
        measuring_seconds, [&] { game.mean_pair(); }, [&] { game.mean(); });
    state.SetIterationTime(times[0]);
    line(state, about(state, "pair form / one pass"), times[0] / times[1], shown());
  }
}

void once(benchmark::internal::Benchmark* bench) {
  bench->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(against_bandwidth, single, false, at_least(0.85))->Arg(6000)->Apply(once);
BENCHMARK_CAPTURE(against_eigen, single, at_least(1.7))->Arg(6000)->Apply(once);
BENCHMARK_CAPTURE(against_bandwidth, pair, true, shown())->Arg(6000)->Apply(once);
BENCHMARK(pair_against_single)->Arg(6000)->Apply(once);
BENCHMARK_CAPTURE(against_bandwidth, single_large, false, shown())->Arg(12000)->Apply(once);
BENCHMARK_CAPTURE(against_eigen, single_large, shown())->Arg(12000)->Apply(once);

}  // namespace

BENCHMARK_MAIN();
