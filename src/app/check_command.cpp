#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/check.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"

namespace vireo::app {

namespace {

OptionTable options_of_command() {
  auto table = check_options();
  table.push_back({"What is done and said",
                   {{"quiet", "", "print nothing but the last line, which is JSON", false, false},
                    {"help", "", "print this", false, false}}});
  return table;
}

std::string line_of(const OperatorCheck& check) {
  using enum OperatorCheck::Verdict;
  const char* const verdict = check.verdict == holds ? "ok" : check.verdict == fails ? "FAILED" : "-";
  return check.finding.empty() ? verdict : fmt::format("{:<7}{}", verdict, check.finding);
}

std::string table_of(const Configuration& configuration, const OperatorReport& report) {
  Table table;
  table.add("problem", configuration.problem.text());
  for (const auto& check : report.checks) table.add(check.property, line_of(check));
  table.add("looked at", counted(report.evaluations, "evaluation") +
                             " of single components, at points of the domain of g; what holds there need not hold "
                             "everywhere");
  table.add("verdict", report.holds() ? "nothing fails" : "FAILED: see above");
  return table.text() + "\n";
}

std::string json_of(const OperatorReport& report) {
  nlohmann::ordered_json json;
  json["holds"] = report.holds();
  json["failed"] = nlohmann::ordered_json::array();
  for (const auto& check : report.checks)
    if (check.verdict == OperatorCheck::Verdict::fails) json["failed"].push_back(check.property);
  json["evaluations"] = report.evaluations;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

ExitCode check_command(const Call& call) {
  const auto given = read_command_line(call.arguments, options_of_command(), "check");
  const Console console(call.world.rank() == 0);
  if (given.flag("help")) {
    console.print(usage("check") +
                  "\n\n"
                  "Evaluates the operator F of a problem at some points, and says whether it is what methods rely on.\n"
                  "Takes at most 80 evaluations of F. Exit code 0: nothing fails; 4: something does.\n" +
                  help_text(options_of_command()));
    return ExitCode::ok;
  }
  if (!given.positional.empty())
    throw UsageError("unexpected argument '" + given.positional.front() + "'; see: vireo check --help");
  const auto configuration = configuration_to_check(given, call.registry);
  const auto report = check(call.world, configuration);
  if (!given.flag("quiet")) console.print(table_of(configuration, report));
  console.print(json_of(report));
  return report.holds() ? ExitCode::ok : ExitCode::numerical;
}

}  // namespace vireo::app
