#include "app/run_and_print.hpp"

#include <filesystem>

#include "app/closing.hpp"
#include "app/console.hpp"
#include "app/progress.hpp"
#include "app/signals.hpp"
#include "app/text.hpp"

namespace vireo::app {

namespace {

/// The command that goes on with a run which a signal or its time has stopped; empty: there is none.
std::string how_to_go_on(const Call& call, const Configuration& configuration, const Result& result) {
  if (exit_code(result) != ExitCode::requeue) return "";
  const std::filesystem::path program(call.command_line.front());
  return "go on: " + (program.filename() == "vireo" ? "vireo" : shell_quoted(program.string())) + " resume " +
         shell_quoted(configuration.checkpoint) + "\n";
}

}  // namespace

ExitCode run_and_print(const Call& call, const Configuration& configuration, Conduct conduct, bool quiet,
                       std::optional<Continuation> continuation) {
  let_writes_fail();  // other commands have nothing to lose, and end as programs do whose reader has left
  const bool first = call.world.rank() == 0;
  PatientConsole console(first);
  const auto print = [&](std::string_view text) {
    if (!quiet) console.print(std::string(text));
  };
  std::optional<Progress> progress;
  std::vector<Observer*> observers;
  if (first && !quiet) observers.push_back(&progress.emplace(configuration.criteria, on_terminal(), console));

  conduct.command_line = call.command_line;
  conduct.heeds_signals = true;
  conduct.headings = print;
  conduct.observers = observers;
  const auto result = run(call.world, configuration, call.registry, conduct, std::move(continuation));
  print(result.summary);
  print(how_to_go_on(call, configuration, result));
  console.print(json_line(configuration, result));
  console.check();
  return exit_code(result);
}

}  // namespace vireo::app
