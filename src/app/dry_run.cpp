#include "app/dry_run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "app/text.hpp"
#include "vireo/core/state.hpp"

namespace vireo::app {

namespace {

// Trial iterations: as many as --max-iterations if that is at most this, else as many as go into a second.
constexpr std::int64_t most_iterations = 100;
constexpr std::int64_t most_milliseconds = 1000;

/// Adds up what a method keeps.
class StateSize final : public StateList {
 public:
  void global(const std::string&, Vector& value) override { bytes += 8 * value.size(); }
  void per_worker(const std::string&, WorkerVectors& value) override {
    bytes += 8 * value.workers().size() * value.dimension();
  }
  void by_segment(const std::string&, SegmentVector& value) override { bytes += 8 * value.values.size(); }
  void scalar(const std::string&, double&) override {}
  void scalar(const std::string&, std::int64_t&) override {}
  std::size_t bytes = 0;
};

std::int64_t peak_of_process() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

/// "12 MB", or "10 MB to 12 MB" where ranks differ
std::string spread(const std::vector<std::int64_t>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const auto least = human_bytes(static_cast<double>(*low));
  const auto most = human_bytes(static_cast<double>(*high));
  return least == most ? most : least + " to " + most;
}

}  // namespace

std::string dry_run(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                    const Channel& channel) {
  using Clock = std::chrono::steady_clock;
  auto& comm = loaded.exchange->communicator();
  const auto& problem = *loaded.problem;
  Oracle oracle(problem, *loaded.exchange);
  const auto method = make_method(configuration, registry, loaded, channel, oracle, placeholder_constants());
  method->start(loaded.initial_point);

  const Ledger before = loaded.exchange->ledger();
  const auto sent_before = comm.bytes_sent();
  const auto received_before = comm.bytes_received();
  const auto modelled_before = comm.modelled_seconds();
  const auto begin = Clock::now();
  const bool exactly = configuration.criteria.max_iterations <= most_iterations;
  const auto wanted = std::clamp<std::int64_t>(configuration.criteria.max_iterations, 1, most_iterations);
  std::int64_t iterations = 0;
  // Rank 0's clock decides for all.
  for (bool more = true; more && iterations < wanted;) {
    method->iterate();
    ++iterations;
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    more = exactly || combine(comm, comm.rank() == 0 ? std::int64_t{spent} : 0, Reduction::sum) < most_milliseconds;
  }
  const auto& after = loaded.exchange->ledger();
  const auto per_iteration = [&](std::int64_t total) {
    return static_cast<double>(total) / static_cast<double>(iterations);
  };
  const auto up = gather_all(comm, after.wire_bytes_up - before.wire_bytes_up);
  const auto down = gather_all(comm, after.wire_bytes_down - before.wire_bytes_down);
  const auto moved = comm.bytes_sent() - sent_before;
  const auto taken = comm.bytes_received() - received_before;
  const double modelled = (comm.modelled_seconds() - modelled_before) / static_cast<double>(iterations);
  const auto sent = gather_all(comm, moved);
  const auto received = gather_all(comm, taken);
  const auto calls = combine(comm, after.oracle_calls - before.oracle_calls, Reduction::sum);
  StateSize state;
  method->list_state(state);
  const auto data = gather_all(comm, static_cast<std::int64_t>(problem.memory_bytes()));
  const auto kept = gather_all(comm, static_cast<std::int64_t>(state.bytes));
  const auto peak = gather_all(comm, peak_of_process());

  const auto total = [](const std::vector<std::int64_t>& values) {
    std::int64_t sum = 0;
    for (const auto value : values) sum += value;
    return sum;
  };
  const auto each = [&](std::vector<std::int64_t> values) {
    const double all = per_iteration(total(values));
    for (auto& value : values) value /= iterations;
    return fmt::format("{} in all, {} per rank", human_bytes(all), spread(values));
  };
  const auto busiest = [&](const std::vector<std::int64_t>& values) {
    return per_iteration(*std::max_element(values.begin(), values.end()));
  };
  Table table;
  table.add("memory", fmt::format("per rank: data {}, state of the method {}", spread(data), spread(kept)));
  table.add("", fmt::format("{} at the peak of {}", spread(peak),
                            configuration.simulated_ranks > 0 ? "the process, all ranks together" : "the process"));
  table.add("per iteration", fmt::format("mean of {}", counted(iterations, "trial iteration")));
  table.add("bytes up", each(up));
  table.add("bytes down", each(down));
  const bool simulated = configuration.simulated_ranks > 0;
  table.add(simulated ? "bytes moved" : "bytes in MPI", each(sent) + " sent");
  table.add("busiest rank",
            fmt::format("{} sent, {} received", human_bytes(busiest(sent)), human_bytes(busiest(received))));
  if (simulated) table.add("modelled", human_seconds(modelled) + " of communication");
  table.add("oracle calls", short_real(per_iteration(calls)));

  nlohmann::ordered_json json;
  json["termination"] = "dry-run";
  json["trial_iterations"] = iterations;
  json["memory_bytes_data"] = data;
  json["memory_bytes_state"] = kept;
  json["memory_bytes_peak"] = peak;
  json["wire_bytes_up"] = per_iteration(total(up));
  json["wire_bytes_down"] = per_iteration(total(down));
  json["mpi_bytes"] = per_iteration(total(sent));
  json["busiest_rank_bytes_sent"] = busiest(sent);
  json["busiest_rank_bytes_received"] = busiest(received);
  if (simulated) json["seconds_modelled"] = modelled;
  json["oracle_calls"] = per_iteration(calls);
  return "\n  Dry run: nothing is solved.\n\n" + table.text(name_width) + "\n" + json.dump() + "\n";
}

}  // namespace vireo::app
