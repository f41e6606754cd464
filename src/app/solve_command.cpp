#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "app/assemble.hpp"
#include "app/closing.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/dry_run.hpp"
#include "app/heading.hpp"
#include "app/manifest.hpp"
#include "app/progress.hpp"
#include "io/trace_writer.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::app {

namespace {

/// Options of `solve` that say what to do, rather than what the run is.
struct Actions {
  bool print_config = false;
  bool dry_run = false;
  bool quiet = false;
};

OptionTable solve_options() {
  auto table = run_options();
  table.push_back(
      {"What is done and said",
       {{"config", "FILE.ini",
         "take options from a file with lines `name = value`, comments after #; the command "
         "line wins",
         false, false},
        {"print-config", "", "print a complete configuration file that reproduces the run, and exit", false, false},
        {"dry-run", "", "load everything, print memory and bytes per iteration, and exit", false, false},
        {"quiet", "", "print nothing but the last line, which is JSON"},
        {"help", "", "print this", false, false}}});
  return table;
}

/// The text of a file that rank 0 reads, on all ranks.
std::string read_file(Communicator& comm, const std::string& path) {
  std::string text;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (std::filesystem::is_directory(path)) throw DataError("--config: " + path + ": is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw DataError("--config: " + path + ": " + std::strerror(errno));
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) throw DataError("--config: " + path + ": cannot be read");
  });
  return broadcast(comm, text, 0);
}

GivenOptions read_options(const Call& call) {
  const auto table = solve_options();
  auto given = read_command_line(call.arguments, table, "solve");
  if (!given.positional.empty())
    throw UsageError("unexpected argument '" + given.positional.front() + "'; see: vireo solve --help");
  if (const auto* config = given.find("config"))
    given.fill_from(read_ini(read_file(call.world, config->text), config->text, table));
  return given;
}

hdf5::Attributes problem_attributes(const LoadedProblem& loaded, const Setup& setup) {
  const auto& problem = *loaded.problem;
  hdf5::Attributes out{{"dimension", static_cast<std::int64_t>(problem.dimension())},
                       {"components", static_cast<std::int64_t>(problem.components())},
                       {"fingerprint", problem.fingerprint()},
                       {"regularizer", loaded.regularizer->description()},
                       {"setup_seconds_data", loaded.seconds},
                       {"setup_seconds_constants", setup.seconds},
                       {"setup_oracle_calls", setup.oracle_calls}};
  for (const auto& [name, constant] : named(setup.constants)) {
    out.emplace_back(name, constant.value);
    out.emplace_back(name + "_origin", to_string(constant.origin));
  }
  return out;
}

/// Whether a trace can be written where it shall be, without harm.
void check_trace(const Configuration& configuration) {
  std::error_code missing;  // of either file: then they are not the same
  if (!configuration.initial.empty() &&
      std::filesystem::equivalent(configuration.trace, configuration.initial, missing))
    throw UsageError(configuration.places.of("trace") + ": " + configuration.trace +
                     ": is the file that --initial names: a run must not replace the point that it starts from");
  configuration.places.blame("trace", [&] { trace::check_path(configuration.trace); });
}

/// One run on the ranks of `comm`, whatever they are.
ExitCode run(Communicator& comm, const Call& call, Configuration configuration, const Actions& actions) {
  const auto start = utc_now();
  const bool first = comm.rank() == 0;
  const Console console(first && !actions.quiet);
  const Console results(first);

  if (!configuration.trace.empty() && !actions.print_config)
    collectively(comm, [&] {
      if (first) check_trace(configuration);
    });

  auto loaded = load_problem(configuration, call.registry, comm);
  check_method(configuration, call.registry, loaded);
  configuration.workers = loaded.problem->layout().workers();
  if (actions.print_config) {
    results.print("# " + program_name() + "; reproduce with: vireo solve --config FILE\n" + ini_text(configuration));
    return ExitCode::ok;
  }
  if (actions.dry_run) {
    results.print(problem_heading(configuration, loaded, comm) + dry_run(configuration, call.registry, loaded));
    return ExitCode::ok;
  }

  console.print(problem_heading(configuration, loaded, comm));
  const auto setup = find_constants(configuration, call.registry, loaded);
  Oracle oracle(*loaded.problem, *loaded.exchange);
  const auto method = make_method(configuration, call.registry, loaded, oracle, setup.constants);
  console.print(method_heading(configuration, loaded, setup,
                               make_channel(configuration, call.registry, *loaded.problem), *method));

  std::unique_ptr<trace::Writer> writer;
  std::unique_ptr<Progress> progress;
  std::vector<Observer*> observers;
  if (!configuration.trace.empty()) {
    const trace::Header header{
        .manifest = manifest(comm, configuration, *configuration.workers, call.command_line, start),
        .problem = problem_attributes(loaded, setup),
        .config = ini_text(configuration),
        .simulated = configuration.simulated_ranks > 0,
        .gap = loaded.problem->gap_definition()};
    collectively(comm, [&] {
      if (first)
        configuration.places.blame("trace",
                                   [&] { writer = std::make_unique<trace::Writer>(configuration.trace, header); });
    });
  }
  if (console.speaks()) {
    progress = std::make_unique<Progress>(configuration.criteria, on_terminal());
    observers.push_back(progress.get());
  }
  if (writer != nullptr) observers.push_back(writer.get());

  const auto solution = loaded.own_regularizer ? loaded.problem->solution() : std::nullopt;
  const auto outcome = solve({.communicator = comm,
                              .problem = *loaded.problem,
                              .regularizer = *loaded.regularizer,
                              .exchange = *loaded.exchange,
                              .oracle = oracle,
                              .method = *method,
                              .solution = solution ? &*solution : nullptr,
                              .gap = loaded.own_regularizer},
                             loaded.initial_point, configuration.criteria,
                             configuration.trace.empty() ? 0 : configuration.trace_every, observers);
  console.print(closing_table(configuration, loaded, setup, outcome));
  results.print(
      json_line(termination_text(outcome), outcome.iterations, outcome.residual, outcome.totals, configuration.trace));
  return exit_code(outcome);
}

std::string solve_help() {
  return "vireo solve --problem SPEC --method SPEC [options]\n\n"
         "Finds z* with <F(z*), z - z*> + g(z) - g(z*) >= 0 for all z, where F is the mean of n components that are\n"
         "dealt to M workers. A SPEC is name[:key=value[,key=value...]]; see: vireo list.\n\n"
         "  mpirun -n 2 vireo solve --problem bilinear:dimension=200 --method masha1 --uplink randk:fraction=0.1\n" +
         help_text(solve_options());
}

}  // namespace

ExitCode solve_command(const Call& call) {
  const auto given = read_options(call);
  if (given.flag("help")) {
    Console(call.world.rank() == 0).print(solve_help());
    return ExitCode::ok;
  }
  const Actions actions{given.flag("print-config"), given.flag("dry-run"), given.flag("quiet")};
  const auto configuration = make_configuration(given, call.registry);
  if (configuration.simulated_ranks == 0) return run(call.world, call, configuration, actions);

  if (call.world.size() > 1)
    throw UsageError(given.find("simulate")->where +
                     ": simulated ranks live in one process; start the program without mpirun, or with one rank");
  auto code = ExitCode::ok;
  run_simulated(configuration.simulated_ranks, configuration.network, [&](Communicator& comm) {
    const auto mine = run(comm, call, configuration, actions);
    if (comm.rank() == 0) code = mine;
  });
  return code;
}

}  // namespace vireo::app
