#include "app/dry_run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

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

/// What trial iterations have cost, by rank where it is a list; memory in bytes.
struct Trial {
  std::int64_t iterations = 0;
  std::vector<std::int64_t> up, down, sent, received;
  std::int64_t oracle_calls = 0;
  double seconds = 0;           ///< of one iteration on this machine
  double seconds_modelled = 0;  ///< of one iteration's messages on the simulated network
  std::vector<std::int64_t> data, state, peak;

  [[nodiscard]] double per_iteration(std::int64_t total) const {
    return static_cast<double>(total) / static_cast<double>(iterations);
  }
  /// over all ranks
  [[nodiscard]] double per_iteration(const std::vector<std::int64_t>& values) const {
    return per_iteration(std::accumulate(values.begin(), values.end(), std::int64_t{0}));
  }
  [[nodiscard]] double busiest(const std::vector<std::int64_t>& values) const {
    return per_iteration(*std::max_element(values.begin(), values.end()));
  }
  /// "1.2 ms here, 34 ms for each 1e6 bytes up and down"
  [[nodiscard]] std::string time() const {
    const double bytes = per_iteration(up) + per_iteration(down);
    return human_seconds(seconds) + " here" +
           (bytes > 0 ? ", " + human_seconds(1e6 * seconds / bytes) + " for each 1e6 bytes up and down" : "");
  }
  [[nodiscard]] std::string text(std::vector<std::int64_t> values) const {
    const double all = per_iteration(values);
    for (auto& value : values) value /= iterations;
    return fmt::format("{} in all, {} per rank", human_bytes(all), spread(values));
  }
};

/// As many iterations as `max_iterations`, or as go into the time; rank 0's clock decides for all.
std::int64_t iterate(Method& method, Communicator& comm, std::int64_t max_iterations) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  const bool exactly = max_iterations <= most_iterations;
  const auto wanted = std::clamp<std::int64_t>(max_iterations, 1, most_iterations);
  std::int64_t iterations = 0;
  for (bool more = true; more && iterations < wanted;) {
    method.iterate();
    ++iterations;
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
    more = exactly || combine(comm, comm.rank() == 0 ? std::int64_t{spent} : 0, Reduction::sum) < most_milliseconds;
  }
  return iterations;
}

Trial try_out(Method& method, LoadedProblem& loaded, std::int64_t max_iterations) {
  auto& comm = loaded.exchange->communicator();
  method.start(loaded.initial_point);
  const Ledger before = loaded.exchange->ledger();
  const auto sent_before = comm.bytes_sent();
  const auto received_before = comm.bytes_received();
  const auto modelled_before = comm.modelled_seconds();
  Trial trial;
  const auto begin = std::chrono::steady_clock::now();
  trial.iterations = iterate(method, comm, max_iterations);
  trial.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() /
                  static_cast<double>(trial.iterations);
  const auto& after = loaded.exchange->ledger();
  trial.up = gather_all(comm, after.wire_bytes_up - before.wire_bytes_up);
  trial.down = gather_all(comm, after.wire_bytes_down - before.wire_bytes_down);
  const auto moved = comm.bytes_sent() - sent_before;
  const auto taken = comm.bytes_received() - received_before;
  trial.seconds_modelled = (comm.modelled_seconds() - modelled_before) / static_cast<double>(trial.iterations);
  trial.sent = gather_all(comm, moved);
  trial.received = gather_all(comm, taken);
  trial.oracle_calls = combine(comm, after.oracle_calls - before.oracle_calls, Reduction::sum);
  StateSize state;
  method.list_state(state);
  trial.data = gather_all(comm, static_cast<std::int64_t>(loaded.problem->memory_bytes()));
  trial.state = gather_all(comm, static_cast<std::int64_t>(state.bytes));
  trial.peak = gather_all(comm, peak_of_process());
  return trial;
}

std::string table_of(const Trial& trial, bool simulated) {
  Table table;
  table.add("memory",
            fmt::format("per rank: data {}, state of the method {}", spread(trial.data), spread(trial.state)));
  table.add("", fmt::format("{} at the peak of {}", spread(trial.peak),
                            simulated ? "the process, all ranks together" : "the process"));
  table.add("per iteration", fmt::format("mean of {}", counted(trial.iterations, "trial iteration")));
  table.add("bytes up", trial.text(trial.up));
  table.add("bytes down", trial.text(trial.down));
  table.add(simulated ? "bytes moved" : "bytes in MPI", trial.text(trial.sent) + " sent");
  table.add("busiest rank", fmt::format("{} sent, {} received", human_bytes(trial.busiest(trial.sent)),
                                        human_bytes(trial.busiest(trial.received))));
  if (simulated) table.add("modelled", human_seconds(trial.seconds_modelled) + " of communication");
  table.add("oracle calls", short_real(trial.per_iteration(trial.oracle_calls)));
  table.add("time", trial.time());
  return table.text(name_width);
}

std::string json_of(const Trial& trial, bool simulated) {
  nlohmann::ordered_json json;
  json["termination"] = "dry-run";
  json["trial_iterations"] = trial.iterations;
  json["memory_bytes_data"] = trial.data;
  json["memory_bytes_state"] = trial.state;
  json["memory_bytes_peak"] = trial.peak;
  json["wire_bytes_up"] = trial.per_iteration(trial.up);
  json["wire_bytes_down"] = trial.per_iteration(trial.down);
  json["mpi_bytes"] = trial.per_iteration(trial.sent);
  json["busiest_rank_bytes_sent"] = trial.busiest(trial.sent);
  json["busiest_rank_bytes_received"] = trial.busiest(trial.received);
  if (simulated) json["seconds_modelled"] = trial.seconds_modelled;
  json["oracle_calls"] = trial.per_iteration(trial.oracle_calls);
  json["seconds"] = trial.seconds;
  return json.dump();
}

}  // namespace

std::string dry_run(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                    const Channel& channel) {
  Oracle oracle(*loaded.problem, *loaded.exchange);
  const auto method = make_method(configuration, registry, loaded, channel, oracle, placeholder_constants());
  const auto trial = try_out(*method, loaded, configuration.criteria.max_iterations);
  const bool simulated = configuration.simulated_ranks > 0;
  return "\n  Dry run: nothing is solved.\n\n" + table_of(trial, simulated) + "\n" + json_of(trial, simulated) + "\n";
}

}  // namespace vireo::app
