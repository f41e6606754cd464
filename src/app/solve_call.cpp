#include "app/check.hpp"
#include "app/configuration.hpp"
#include "app/earlier_files.hpp"
#include "app/run.hpp"
#include "app/run_options.hpp"
#include "app/signals.hpp"
#include "io/examination.hpp"
#include "problems/in_context.hpp"
#include "vireo/app/solve.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

namespace {

const app::OptionTable& setting_table() {
  static const app::OptionTable table = [] {
    auto out = app::run_options();
    out.push_back({"What is done", {app::resume_option(), app::overwrite_option()}});
    return out;
  }();
  return table;
}

/// The registry with one plug-in more, which the settings then name: a problem of a factory goes the same way as any.
Registry with_problem(Registry registry, const ProblemFactory& problem, const RunOptions& options) {
  const auto& name = options.problem_name;
  if (Spec::parse(name).name != name) throw UsageError("'" + name + "' is no name of a problem: it must be a word");
  for (const auto& known : registry.problems.entries())
    if (known.name == name) throw UsageError("'" + name + "' names a problem of the registry already");
  ProblemPlugIn plug;
  plug.name = name;
  plug.takes_data = true;
  plug.make = [&problem](const Parameters&, const ProblemContext& context) { return problem(context); };
  registry.problems.add(std::move(plug));
  return registry;
}

template <class Solve>
Result alone(const Solve& solve_on) {
  Result result;
  run_simulated(1, {}, [&](Communicator& comm) { result = solve_on(comm); });
  return result;
}

}  // namespace

Result solve(Communicator& comm, const RunOptions& options, std::span<Observer* const> observers,
             const Registry& registry) {
  const auto given = app::read_settings(options.settings, setting_table());
  const auto configuration = app::make_configuration(given, registry);
  const app::Conduct conduct{.command_line = {"vireo::solve"},
                             .existing = app::existing_files(given, configuration),
                             .heeds_signals = options.signals,
                             .stop = options.stop,
                             .headings = options.headings,
                             .observers = observers};
  const io::Trusting trusting(options.trusted);
  const app::SignalsRestored restored(options.signals);
  if (options.signals) app::let_writes_fail();
  try {
    return app::run(comm, configuration, registry, conduct);
  } catch (const problems::InContext& failure) {  // the caller knows the operator's exceptions
    std::rethrow_exception(failure.original());
  }
}

Result solve(Communicator& comm, const ProblemFactory& problem, const RunOptions& options,
             std::span<Observer* const> observers, const Registry& registry) {
  for (const auto& [name, text] : options.settings)
    if (name == "problem") throw UsageError("problem: '" + text + "' is named, but the problem is given as an object");
  auto named = options;
  named.settings.emplace_back("problem", options.problem_name);
  return solve(comm, named, observers, with_problem(registry, problem, options));
}

Result solve(const ProblemFactory& problem, const RunOptions& options, std::span<Observer* const> observers,
             const Registry& registry) {
  return alone([&](Communicator& comm) { return solve(comm, problem, options, observers, registry); });
}

Result solve(const RunOptions& options, std::span<Observer* const> observers, const Registry& registry) {
  return alone([&](Communicator& comm) { return solve(comm, options, observers, registry); });
}

OperatorReport check_operator(Communicator& comm, const ProblemFactory& problem,
                              const std::vector<std::pair<std::string, std::string>>& settings) {
  const RunOptions options{.settings = settings};
  const auto registry = with_problem(Registry::builtin(), problem, options);
  auto given = app::read_settings(settings, app::check_options());
  if (given.has("problem")) throw UsageError("problem: is named, but the problem is given as an object");
  given.add("problem", {options.problem_name, "problem"});
  return app::check(comm, app::configuration_to_check(given, registry));
}

OperatorReport check_operator(const ProblemFactory& problem,
                              const std::vector<std::pair<std::string, std::string>>& settings) {
  OperatorReport report;
  run_simulated(1, {}, [&](Communicator& comm) { report = check_operator(comm, problem, settings); });
  return report;
}

}  // namespace vireo
