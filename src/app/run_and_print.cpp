#include "app/run_and_print.hpp"

#include "app/closing.hpp"
#include "app/console.hpp"
#include "app/progress.hpp"

namespace vireo::app {

ExitCode run_and_print(const Call& call, const Configuration& configuration, Conduct conduct, bool quiet,
                       std::optional<Continuation> continuation) {
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
  console.print(
      json_line(termination_text(result), result.iterations, result.residual, result.totals, configuration.trace));
  console.check();
  return exit_code(result);
}

}  // namespace vireo::app
