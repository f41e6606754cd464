// The exchange against one MPI_Allreduce of the same vector, under mpirun. What must be seen for M = P = 2 and d = 1e6:
// uncompressed at most 1.5 times the Allreduce, Rand-k 1 % both ways at most 0.2 times. Also for 3 and 4 ranks, and for
// M = 64, where the Allreduce is preceded by what a program without Vireo would do: adding up its own workers' vectors.
//
// The time of the exchange is that of the whole call, less what the callback takes to write the workers' vectors, each
// on its slowest rank. Both sides are called in turns, each after a barrier, and the fastest call of each counts.
#include <cstring>
#include <functional>

#include "bench/compare.hpp"
#include "comm/mpi_header.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/mpi.hpp"
#include "vireo/exchange/exchange.hpp"

namespace {

using namespace vireo;

constexpr Index dimension = 1'000'000;
constexpr double measuring_seconds = 4;

struct Case {
  std::string name;
  Index workers;
  std::string uplink;
  std::string downlink;
  bench::Target target;
};

CompressorPointer make_compressor(const std::string& text) {
  static const Registry registry = Registry::builtin();
  const auto spec = Spec::parse(text);
  const auto& plug = registry.compressors.find(spec.name);
  return plug.make(Parameters("compressor", spec, plug.parameters), registry.compressors);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The largest of the ranks' values
double slowest(Communicator& comm, double seconds) {
  return 1e-9 * static_cast<double>(combine(comm, static_cast<std::int64_t>(1e9 * seconds), Reduction::maximum));
}

void compare(benchmark::State& state, Communicator& comm, const Case& c) {
  const auto ranks = static_cast<Index>(comm.size());
  Exchange exchange(comm, WorkerLayout(c.workers, ranks), dimension, 1);
  const Channel channel{make_compressor(c.uplink), make_compressor(c.downlink)};
  const Index mine = exchange.workers().size();
  Vector x(dimension), sum(dimension), total(dimension);
  random::normals({.seed = 1, .worker = static_cast<std::uint64_t>(comm.rank())}, 0, x);

  double producing = 0;
  std::uint64_t iteration = 0;
  const auto exchanged = [&] {
    producing = 0;
    exchange.mean(channel, iteration++, [&](Index, View message) {
      producing += bench::seconds([&] { std::memcpy(message.data(), x.data(), message.size_bytes()); });
    });
  };
  const auto reduced = [&] {
    const double* from = x.data();
    if (mine > 1) {
      sum = x;
      for (Index i = 1; i < mine; ++i)
        for (Index j = 0; j < dimension; ++j) sum[j] += x[j];
      from = sum.data();
    }
    MPI_Allreduce(from, total.data(), static_cast<int>(dimension), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  };

  for (auto _ : state) {
    std::vector<double> of_exchange, of_allreduce;
    double spent = 0;  // the same on all ranks
    for (int round = 0; round < 10 || spent < measuring_seconds; ++round) {
      comm.barrier();
      const double allreduce = slowest(comm, bench::seconds(reduced));
      comm.barrier();
      const double whole = slowest(comm, bench::seconds(exchanged));
      const double produced = slowest(comm, producing);
      spent += allreduce + whole;
      if (round < 2) continue;  // these warm up
      of_allreduce.push_back(allreduce);
      of_exchange.push_back(whole - produced);
    }
    const double fastest = *std::ranges::min_element(of_exchange);
    const double reference = *std::ranges::min_element(of_allreduce);
    state.SetIterationTime(fastest);
    state.counters["allreduce_us"] = 1e6 * reference;
    state.counters["ratio_of_medians"] = median(of_exchange) / median(of_allreduce);
    line(state,
         "exchange, M = " + std::to_string(c.workers) + ", P = " + std::to_string(ranks) + ", " + c.name +
             (mine > 1 ? " / adding and one Allreduce" : " / one Allreduce"),
         fastest / reference, c.target);
  }
}

class Silent : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

void run_all(Communicator& comm) {
  const auto ranks = static_cast<Index>(comm.size());
  const bool pinned = ranks == 2;
  const std::string sparse = "randk:fraction=0.01";
  const std::vector<Case> cases{
      {"uncompressed", ranks, "none", "none", pinned ? bench::at_most(1.5) : bench::shown()},
      {"Rand-k 1 % both ways", ranks, sparse, sparse, pinned ? bench::at_most(0.2) : bench::shown()},
      {"Rand-k 1 % up", ranks, sparse, "none", bench::shown()},
      {"uncompressed", 64, "none", "none", bench::shown()},
      {"Rand-k 1 % both ways", 64, sparse, sparse, bench::shown()},
  };
  for (const auto& c : cases)
    benchmark::RegisterBenchmark(("exchange/" + std::to_string(c.workers) + "/" + c.uplink + "/" + c.downlink).c_str(),
                                 [&comm, c](benchmark::State& state) { compare(state, comm, c); })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  Silent silent;
  if (comm.rank() == 0)
    benchmark::RunSpecifiedBenchmarks();
  else
    benchmark::RunSpecifiedBenchmarks(&silent);
}

/// Rank 0 alone writes the file of results.
void drop_output_options(int& argc, char** argv) {
  const auto last = std::remove_if(argv + 1, argv + argc, [](const char* argument) {
    return std::strncmp(argument, "--benchmark_out", std::strlen("--benchmark_out")) == 0;
  });
  argc = static_cast<int>(last - argv);
  *last = nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  MpiSession session(&argc, &argv);
  std::exception_ptr failure;
  try {
    if (session.world().rank() != 0) drop_output_options(argc, argv);
    benchmark::Initialize(&argc, argv);
    run_all(session.world());
  } catch (...) {
    failure = std::current_exception();
  }
  return session.settle(0, failure);
}
