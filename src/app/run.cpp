#include "app/run.hpp"

#include <algorithm>
#include <array>

#include "app/checkpointing.hpp"
#include "app/closing.hpp"
#include "app/heading.hpp"
#include "app/rank_watch.hpp"
#include "app/run_files.hpp"
#include "app/run_header.hpp"
#include "app/signals.hpp"
#include "app/too_large.hpp"
#include "solve/spacing.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/error.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::app {

namespace {

/// What all ranks must know of the rows of a run, and rank 0 decides.
struct Rows {
  std::int64_t kept = 0;  ///< of a trace that goes on; 0: there is none
  bool wanted = false;    ///< by the trace, or by an observer
};

Rows agree_on_rows(const PreparedRun& run, const Outputs& outputs, const Conduct& conduct, Communicator& comm) {
  std::array<std::int64_t, 2> values{-1, 0};
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    values[0] = rows_to_keep(run.configuration, outputs, conduct.existing, run.from).value_or(-1);
    values[1] = std::ranges::any_of(conduct.observers, [](const Observer* one) { return one->wants_rows(); }) ? 1 : 0;
  });
  comm.combine(values, std::array{Reduction::maximum, Reduction::maximum});
  return {.kept = std::max<std::int64_t>(values[0], 0), .wanted = values[1] == 1 || !run.configuration.trace.empty()};
}

/// Says something on rank 0; what that throws ends the run on all ranks.
void say(const Conduct& conduct, Communicator& comm, const std::string& text) {
  collectively(comm, [&] {
    if (comm.rank() == 0 && conduct.headings) conduct.headings(text);
  });
}

void check_ranks(const Configuration& configuration, const Communicator& world) {
  if (configuration.simulated_ranks > 0 && world.size() > 1)
    throw UsageError(configuration.origins.of("simulate") +
                     ": simulated ranks live in one process; start the program without mpirun, or with one rank");
}

/// What a run leaves behind.
Result result_of(Outcome outcome, const PreparedRun& run, const Setup& setup, const Checkpointing& checkpointing) {
  const auto& configuration = run.configuration;
  auto summary = closing_table(configuration, run.loaded, setup, outcome, checkpointing.summary());
  Result result{std::move(outcome)};
  result.configuration = ini_text(configuration);
  result.summary = std::move(summary);
  result.trace = configuration.trace;
  if (result.saved) result.checkpoint = configuration.checkpoint;
  return result;
}

/// How far apart rows and checks are, where the user does not say.
void choose_spacings(Configuration& configuration, const AnyProblem& problem, const Channel& channel,
                     const Method& method) {
  const auto cost = method.cost();
  const auto& uplink = channel.uplink;
  const double density = uplink ? uplink->theory(problem.dimension(), problem.layout().workers()).density : 1;
  if (!configuration.check_every) configuration.check_every = solving::check_spacing(problem, cost, density);
  if (!configuration.trace_every) configuration.trace_every = solving::row_spacing(problem, cost);
  configuration.criteria.check_every = *configuration.check_every;
}

/// Iterations from one row to the next: a run has fewer where only the first and the last are wanted.
std::int64_t iterations_between_rows(const Configuration& configuration) {
  return *configuration.trace_every > 0 ? *configuration.trace_every : std::numeric_limits<std::int64_t>::max();
}

/// One run on the ranks of `comm`, whatever they are.
Result carry_out(PreparedRun run, const Outputs& outputs, const Registry& registry, const Conduct& conduct,
                 RankWatch& watch, Communicator& comm) {
  const auto& configuration = run.configuration;
  auto& loaded = run.loaded;
  const auto rows = agree_on_rows(run, outputs, conduct, comm);

  say(conduct, comm, problem_heading(configuration, loaded, comm));
  const auto setup = set_up(run);
  Oracle oracle(*loaded.problem, *loaded.exchange);
  const auto method = make_method(configuration, registry, loaded, run.channel, oracle, setup.constants);
  choose_spacings(run.configuration, *loaded.problem, run.channel, *method);
  say(conduct, comm, method_heading(configuration, loaded, setup, run.channel, *method, outputs.remark));

  const auto solution = loaded.own_regularizer ? loaded.problem->solution() : std::nullopt;
  const auto of_run = checkpoint_header(run, setup, comm, conduct.command_line);
  const auto writer = open_trace(run, outputs, of_run, *method, solution, comm, rows.kept);
  // With another run's checkpoint, what was started over could not go on.
  if (conduct.existing.overwrite && !run.from && comm.rank() == 0 && !configuration.checkpoint.empty())
    checkpoint::discard(outputs.checkpoint.path);
  std::vector<Observer*> observers;
  if (comm.rank() == 0) observers.assign(conduct.observers.begin(), conduct.observers.end());
  if (writer != nullptr) observers.push_back(writer.get());

  if (conduct.heeds_signals) note_signals();
  Checkpointing checkpointing(
      *loaded.exchange, configuration, outputs.checkpoint.path, of_run, run.from, conduct.started, [&] {
        watch.beat();
        return (conduct.heeds_signals && latest_signal() != 0) || (conduct.stop && conduct.stop());
      });
  auto outcome = solve({.communicator = comm,
                        .problem = *loaded.problem,
                        .regularizer = *loaded.regularizer,
                        .exchange = *loaded.exchange,
                        .oracle = oracle,
                        .method = *method,
                        .solution = solution ? &*solution : nullptr,
                        .gap = loaded.own_regularizer,
                        .lipschitz = setup.constants.L ? setup.constants.L->value : 0.0,
                        .trace_goes_on = rows.kept > 0,
                        .supervisor = &checkpointing},
                       loaded.initial_point, configuration.criteria,
                       rows.wanted ? iterations_between_rows(configuration) : 0, observers);
  return result_of(std::move(outcome), run, setup, checkpointing);
}

}  // namespace

void on_ranks(const Configuration& configuration, Communicator& world,
              const std::function<void(Communicator&)>& action) {
  check_ranks(configuration, world);
  naming_sizes(configuration, [&] {
    if (configuration.simulated_ranks == 0) return action(world);
    run_simulated(configuration.simulated_ranks, configuration.network, action);
  });
}

Result run(Communicator& world, const Configuration& configuration, const Registry& registry, const Conduct& conduct,
           std::optional<Continuation> continuation) {
  // With a checkpoint a signal ends the run in good order from the start; without one it ends at once what is only
  // being set up.
  if (conduct.heeds_signals && !configuration.checkpoint.empty()) note_signals();
  check_ranks(configuration, world);
  RankWatch watch(world, configuration.rank_timeout);
  const auto outputs = take_outputs(world, configuration, Holding::until_end,
                                    continuation ? std::move(continuation->checkpoint) : Output{});
  std::optional<ResumePoint> from;
  if (continuation) from = std::move(continuation->from);
  Result result;
  on_ranks(configuration, world, [&](Communicator& comm) {
    auto prepared = prepare_run(comm, configuration, outputs, registry, Purpose::to_run, from, conduct.existing);
    auto mine = carry_out(std::move(prepared), outputs, registry, conduct, watch, comm);
    if (&comm == &world || comm.rank() == 0) result = std::move(mine);  // simulated ranks are threads
  });
  return result;
}

}  // namespace vireo::app
