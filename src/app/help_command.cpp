#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/exit_codes.hpp"
#include "app/man_page.hpp"
#include "app/manifest.hpp"
#include "app/run_options.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"

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

namespace {

/// The usage of each subcommand, and what it does in the next column, or in the next line.
std::string subcommand_table() {
  constexpr std::size_t column = 28;
  std::string out;
  for (const auto& command : subcommands()) {
    auto line = "  " + usage(command.name);
    if (line.size() + 2 > column) line += "\n" + std::string(column, ' ');
    out += fmt::format("{:<{}}{}\n", line, column, command.summary);
  }
  return out;
}

std::string summary() {
  Table codes;
  for (const auto& [code, meaning] : exit_codes()) codes.add(std::to_string(static_cast<int>(code)), meaning);
  return "Vireo solves distributed finite-sum variational inequalities, saddle points and games.\n\n" +
         subcommand_table() +
         "\nRun it on several ranks with mpirun:\n\n"
         "  mpirun -n 2 vireo solve --problem bilinear:dimension=200 --method masha1 --uplink randk:fraction=0.1\n\n"
         "Exit codes:\n" +
         codes.text();
}

/// For the completion of shells: a line for each subcommand, kind of plug-in, and option that takes a plug-in.
std::string words_to_complete() {
  std::string out;
  for (const auto& command : subcommands()) {
    out += "subcommand " + command.name + "\n";
    if (!command.alias.empty()) out += "subcommand " + command.alias + "\n";
  }
  std::vector<std::string> kinds;
  std::string options;
  for (const auto& group : run_options())
    for (const auto& option : group.options) {
      if (option.plug_ins.empty()) continue;
      options += fmt::format("spec --{} {}\n", option.name, option.plug_ins);
      if (std::find(kinds.begin(), kinds.end(), option.plug_ins) == kinds.end()) kinds.push_back(option.plug_ins);
    }
  for (const auto& kind : kinds) out += "kind " + kind + "\n";
  return out + options;
}

}  // namespace

ExitCode help_command(const Call& call) {
  const Console console(call.world.rank() == 0);
  const auto& arguments = call.arguments;
  if (arguments == std::vector<std::string>{"--man"}) {
    console.print(man_page(call.registry, solve_options()));
  } else if (arguments == std::vector<std::string>{"--completion"}) {
    console.print(words_to_complete());
  } else {
    if (!arguments.empty()) throw UsageError("unexpected argument '" + arguments.front() + "'; see: vireo --help");
    console.print(summary());
  }
  return ExitCode::ok;
}

}  // namespace vireo::app
