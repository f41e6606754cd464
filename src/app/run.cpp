#include "app/run.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>

#include "app/assemble.hpp"
#include "app/bounds.hpp"
#include "app/closing.hpp"
#include "app/console.hpp"
#include "app/dry_run.hpp"
#include "app/heading.hpp"
#include "app/manifest.hpp"
#include "app/progress.hpp"
#include "app/rank_watch.hpp"
#include "app/resume_point.hpp"
#include "app/signals.hpp"
#include "app/text.hpp"
#include "io/shared_path.hpp"
#include "storage/trace_reader.hpp"
#include "storage/trace_writer.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::app {

namespace {

hdf5::Attributes problem_attributes(const LoadedProblem& loaded, const Setup& setup) {
  const auto& problem = *loaded.problem;
  hdf5::Attributes out{{"dimension", static_cast<std::int64_t>(problem.dimension())},
                       {"components", static_cast<std::int64_t>(problem.components())},
                       {"fingerprint", problem.fingerprint()},
                       {"regularizer", loaded.regularizer->description()},
                       {"setup_seconds_data", loaded.seconds},
                       {"setup_seconds_constants", setup.seconds},
                       {"setup_oracle_calls", setup.oracle_calls}};
  for (const auto& constant : attributes_of(setup.constants)) out.push_back(constant);
  return out;
}

/// Whether the files of a run can be written where they shall be, without harm. Collective.
void check_files(const Configuration& configuration, Communicator& comm) {
  collectively(comm, [&] {
    if (comm.rank() != 0 || configuration.trace.empty()) return;
    std::error_code missing;  // of either file: then they are not the same
    if (!configuration.initial.empty() &&
        std::filesystem::equivalent(configuration.trace, configuration.initial, missing))
      throw UsageError(configuration.origins.of("trace") + ": " + configuration.trace +
                       ": is the file that --initial names: a run must not replace the point that it starts from");
    configuration.origins.blame("trace", [&] { trace::check_path(configuration.trace); });
  });
  if (!configuration.trace.empty())
    configuration.origins.blame("trace", [&] { io::check_shared(comm, configuration.trace, "trace"); });
  if (!configuration.checkpoint.empty())
    configuration.origins.blame("checkpoint", [&] { checkpoint::check_path(comm, configuration.checkpoint); });
}

/// The checkpoint that `--resume auto` finds, or empty; `remark` then says why, if there was one.
std::optional<ResumePoint> look_for_checkpoint(const Configuration& configuration, Communicator& comm,
                                               std::string& remark) {
  return configuration.origins.blame("checkpoint", [&]() -> std::optional<ResumePoint> {
    auto found = checkpoint::find(comm, configuration.checkpoint, remark);
    if (!found) return std::nullopt;
    return read_resume_point(comm, std::move(*found));
  });
}

/// The data file, which checkpoints refer to: on rank 0, the only one to read all of it, and only where there will be
/// a checkpoint or was one. Collective. throws DataError if it is not the one that `from` was made from
std::optional<io::FileIdentity> identify_data(const Configuration& configuration, const Actions& actions,
                                              Communicator& comm, const std::optional<ResumePoint>& from) {
  std::optional<io::FileIdentity> data;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (from) {
      check_same_data(configuration, *from);
      data = from->contents.header.data;
    } else if (!configuration.data.empty() && !configuration.checkpoint.empty() && !actions.only_looks()) {
      data = configuration.origins.blame("data", [&] { return io::identify(configuration.data); });
    }
  });
  return data;
}

LoadedProblem load(const Configuration& configuration, Communicator& comm, const std::optional<ResumePoint>& from) {
  if (!from) return load_problem(configuration, comm);
  auto without_start = configuration;
  without_start.initial.clear();  // where the run began says nothing of where it goes on
  auto loaded = load_problem(without_start, comm);
  check_same_problem(loaded, *from);
  loaded.start_remark = fmt::format("goes on from {}, after {}", from->found.path,
                                    counted(trace::integer(from->contents.run, "iteration", 0), "iteration"));
  if (!from->found.remark.empty()) loaded.start_remark += " (" + from->found.remark + ")";
  return loaded;
}

Setup set_up(const Configuration& configuration, LoadedProblem& loaded, const std::optional<ResumePoint>& from) {
  if (!from) return find_constants(configuration, loaded);
  return {.constants = constants_of(from->contents.header.constants),
          .seconds = 0,
          .oracle_calls = 0,
          .taken = constants_taken(*configuration.method.entry)};
}

/// The manifest of a run that goes on is that of the ranks it goes on with, under the name that the run has had.
hdf5::Attributes manifest_of(const Configuration& configuration, const Call& call, Communicator& comm,
                             const std::string& start, const std::optional<ResumePoint>& from) {
  auto out = manifest(comm, configuration, *configuration.workers, call.command_line, start);
  if (from)
    for (auto& [name, value] : out)
      if (name == "run") value = trace::text(from->contents.header.manifest, "run");
  return out;
}

/// Rank 0: how many rows of an existing trace stay; empty if the trace is a new one. throws DataError if what is there
/// does not fit the checkpoint
std::optional<std::int64_t> rows_to_keep(const Configuration& configuration, const std::optional<ResumePoint>& from) {
  if (!from || configuration.trace.empty() || !std::filesystem::exists(configuration.trace)) return std::nullopt;
  const auto& contents = from->contents;
  const auto rows = trace::integer(contents.run, "rows", 0);
  configuration.origins.blame("trace", [&] {
    trace::check_continuation(configuration.trace, trace::text(contents.header.manifest, "run"), rows,
                              trace::integer(contents.run, "iteration", 0));
  });
  return rows;
}

/// ||z^0 - z*||, where z* is known. A run that goes on from a checkpoint does not know z^0 any more.
std::optional<double> first_distance(const LoadedProblem& loaded, const std::optional<Vector>& solution,
                                     const std::optional<ResumePoint>& from) {
  if (!solution || from) return std::nullopt;
  return std::sqrt(kernels::squared_distance(loaded.initial_point, *solution));
}

/// One run on the ranks of `comm`, whatever they are.
ExitCode run_on(Communicator& comm, const Call& call, Configuration configuration, const Actions& actions,
                std::optional<ResumePoint> from) {
  const auto start = utc_now();
  const bool first = comm.rank() == 0;
  const Console console(first && !actions.quiet);
  const Console results(first);

  if (!actions.print_config) check_files(configuration, comm);
  std::string no_checkpoint;
  if (actions.resume_if_possible && !actions.print_config)
    from = look_for_checkpoint(configuration, comm, no_checkpoint);

  const auto data = identify_data(configuration, actions, comm, from);
  auto loaded = load(configuration, comm, from);
  const auto channel = make_channel(configuration, call.registry, *loaded.problem);
  check_method(configuration, call.registry, loaded, channel);
  configuration.workers = loaded.problem->layout().workers();
  if (from) check_same_run(configuration, *from, call.registry);
  if (actions.print_config) {
    results.print("# " + program_name() + "; reproduce with: vireo solve --config FILE\n" + ini_text(configuration));
    return ExitCode::ok;
  }
  if (actions.dry_run) {
    results.print(problem_heading(configuration, loaded, comm) +
                  dry_run(configuration, call.registry, loaded, channel));
    return ExitCode::ok;
  }
  std::int64_t rows = -1;
  collectively(comm, [&] {
    if (first) rows = rows_to_keep(configuration, from).value_or(-1);
  });
  rows = combine(comm, rows, Reduction::maximum);

  if (!from && !no_checkpoint.empty()) loaded.start_remark += "no checkpoint to go on from: " + no_checkpoint;
  console.print(problem_heading(configuration, loaded, comm));
  const auto setup = set_up(configuration, loaded, from);
  Oracle oracle(*loaded.problem, *loaded.exchange);
  const auto method = make_method(configuration, call.registry, loaded, channel, oracle, setup.constants);
  console.print(method_heading(configuration, loaded, setup, channel, *method));

  const auto solution = loaded.own_regularizer ? loaded.problem->solution() : std::nullopt;
  const auto of_run = manifest_of(configuration, call, comm, start, from);
  const auto hosts = gather_all(comm, comm.host());
  std::unique_ptr<trace::Writer> writer;
  std::unique_ptr<Progress> progress;
  std::vector<Observer*> observers;
  if (!configuration.trace.empty()) {
    const trace::Header header{.manifest = of_run,
                               .problem = problem_attributes(loaded, setup),
                               .config = ini_text(configuration),
                               .simulated = configuration.simulated_ranks > 0,
                               .gap = loaded.problem->gap_definition(),
                               .theory = bounds_of(method->rates(), first_distance(loaded, solution, from)),
                               .segment = {comm.size(), host_list(hosts), batch_job(), start}};
    collectively(comm, [&] {
      if (!first) return;
      configuration.origins.blame("trace", [&] {
        writer = rows > 0 ? std::make_unique<trace::Writer>(configuration.trace, header, rows)
                          : std::make_unique<trace::Writer>(configuration.trace, header);
      });
    });
  }
  if (console.speaks()) {
    progress = std::make_unique<Progress>(configuration.criteria, on_terminal());
    observers.push_back(progress.get());
  }
  if (writer != nullptr) observers.push_back(writer.get());

  note_signals();
  RankWatch watch(comm, configuration.simulated_ranks > 0 ? 0 : configuration.rank_timeout);
  Checkpointing checkpointing(*loaded.exchange, configuration,
                              {.manifest = of_run,
                               .problem = problem_attributes(loaded, setup),
                               .constants = attributes_of(setup.constants),
                               .config = ini_text(configuration),
                               .data = data},
                              from ? from->found.path : "", actions.started, watch);
  const auto outcome = solve({.communicator = comm,
                              .problem = *loaded.problem,
                              .regularizer = *loaded.regularizer,
                              .exchange = *loaded.exchange,
                              .oracle = oracle,
                              .method = *method,
                              .solution = solution ? &*solution : nullptr,
                              .gap = loaded.own_regularizer,
                              .trace_goes_on = rows > 0,
                              .supervisor = &checkpointing},
                             loaded.initial_point, configuration.criteria,
                             configuration.trace.empty() ? 0 : configuration.trace_every, observers);
  console.print(closing_table(configuration, loaded, setup, outcome, checkpointing.summary()));
  results.print(
      json_line(termination_text(outcome), outcome.iterations, outcome.residual, outcome.totals, configuration.trace));
  return exit_code(outcome);
}

}  // namespace

ExitCode run(const Call& call, const Configuration& configuration, const Actions& actions,
             const std::optional<ResumePoint>& from) {
  // With a checkpoint a signal ends the run in good order from the start; without one it ends at once what is only
  // being set up.
  if (!configuration.checkpoint.empty()) note_signals();
  if (configuration.simulated_ranks == 0) return run_on(call.world, call, configuration, actions, from);
  auto code = ExitCode::ok;
  run_simulated(configuration.simulated_ranks, configuration.network, [&](Communicator& comm) {
    const auto mine = run_on(comm, call, configuration, actions, from);
    if (comm.rank() == 0) code = mine;
  });
  return code;
}

}  // namespace vireo::app
