#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/man_page.hpp"
#include "app/manifest.hpp"
#include "app/options.hpp"

namespace vireo::app {

ExitCode version_command(const Call& call) {
  static const OptionTable table = {{"Options", {{"json", "", "as one line of JSON"}}}};
  const auto given = read_command_line(call.arguments, table);
  if (!given.positional.empty()) throw UsageError("unexpected argument '" + given.positional.front() + "'");
  const Console console(call.world.rank() == 0);
  if (given.flag("json")) {
    nlohmann::ordered_json json;
    for (const auto& [name, value] : versions()) json[name] = value;
    console.print(json.dump() + "\n");
    return ExitCode::ok;
  }
  std::string out = program_name() + "\n";
  for (const auto& [name, value] : versions())
    if (name != "version" && name != "revision") out += fmt::format("  {:<9} {}\n", name, value);
  console.print(out);
  return ExitCode::ok;
}

ExitCode help_command(const Call& call) {
  if (call.arguments == std::vector<std::string>{"--man"}) {
    Console(call.world.rank() == 0).print(man_page(call.registry, solve_options()));
    return ExitCode::ok;
  }
  if (!call.arguments.empty())
    throw UsageError("unexpected argument '" + call.arguments.front() + "'; see: vireo --help");
  Console(call.world.rank() == 0)
      .print(
          "Vireo solves distributed finite-sum variational inequalities, saddle points and games.\n"
          "\n"
          "  vireo solve --problem SPEC --method SPEC [options]\n"
          "                            solve; the options: vireo solve --help\n"
          "  vireo resume FILE.h5      go on from a checkpoint, on any number of ranks\n"
          "  vireo verify TRACE.h5     recompute the residual at a trace's solution\n"
          "  vireo info FILE.h5        what a trace or a checkpoint holds\n"
          "  vireo list [KIND]         problems, methods, compressors, regularizers and their parameters\n"
          "  vireo --version [--json]  what this program is and was made with\n"
          "  vireo --help              this\n"
          "\n"
          "Run it on several ranks with mpirun:\n"
          "\n"
          "  mpirun -n 2 vireo solve --problem bilinear:dimension=200 --method masha1 --uplink randk:fraction=0.1\n"
          "\n"
          "Exit codes: 0 tolerance reached (verify: agrees); 1 internal error; 2 usage; 3 bad data or file;\n"
          "4 diverged or not finite (verify: disagrees); 5 a limit was reached first; 6 a file cannot be written, or "
          "no\n"
          "checkpoint is whole; 75 stopped by a signal or --max-seconds, with a checkpoint to resume from.\n");
  return ExitCode::ok;
}

}  // namespace vireo::app
