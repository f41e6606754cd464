#include <fmt/format.h>

#include <cmath>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/options.hpp"
#include "app/text.hpp"
#include "io/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

const OptionTable& info_options() {
  static const OptionTable table = {{"Options", {{"help", "", "print this"}}}};
  return table;
}

std::string shown(const hdf5::Value& value) {
  return std::visit(
      [](const auto& given) -> std::string {
        using Type = std::decay_t<decltype(given)>;
        if constexpr (std::is_same_v<Type, std::int64_t>) {
          return grouped(given);
        } else if constexpr (std::is_same_v<Type, double>) {
          return std::isfinite(given) ? format_real(given) : short_real(given);
        } else if constexpr (std::is_same_v<Type, std::string>) {
          return given;
        } else {
          std::string out;
          for (const auto& text : given) out += (out.empty() ? "" : " ") + text;
          return out;
        }
      },
      value);
}

std::string section(const std::string& heading, const hdf5::Attributes& attributes, std::size_t width) {
  Table table;
  for (const auto& [name, value] : attributes) table.add(name, shown(value));
  return "\n" + heading + "\n" + table.text(width);
}

/// First and last number of every column.
std::string rows_text(const trace::Trace& trace) {
  std::string out = fmt::format("\ntrace: {}\n", counted(static_cast<std::int64_t>(trace.rows), "row"));
  if (trace.rows == 0) return out;
  out += fmt::format("  {:<22}{:>20}{:>20}  {}\n", "", "first", "last", "units");
  for (const auto& column : trace.columns) {
    const auto number = [&](std::size_t i) {
      return column.integer ? grouped(column.integers[i]) : short_real(column.values[i]);
    };
    out += fmt::format("  {:<22}{:>20}{:>20}  {}\n", column.name, number(0), number(trace.rows - 1),
                       column.units == "1" ? "" : column.units);
  }
  return out;
}

std::string describe(const trace::Trace& trace) {
  constexpr std::size_t width = 22;
  const auto status = trace::text(trace.manifest, "status");
  Table head;
  head.add("status", status + (status == "running" ? " (or killed: the file can not tell)" : ""));
  if (const auto termination = trace::text(trace.manifest, "termination"); !termination.empty())
    head.add("termination", termination);
  hdf5::Attributes manifest;
  for (const auto& attribute : trace.manifest)
    if (attribute.first != "status" && attribute.first != "termination") manifest.push_back(attribute);

  std::string out = trace.path + ": trace of a run of Vireo\n" + head.text(width);
  out += section("made by", manifest, width);
  std::string config = "  " + trace.config;
  for (std::size_t i = 0; (i = config.find('\n', i)) != std::string::npos && i + 1 < config.size(); i += 3)
    config.insert(i + 1, "  ");
  out += "\nconfiguration (vireo solve --config takes these lines)\n" + config;
  out += section("problem", trace.problem, width);
  out += rows_text(trace);
  if (trace.solution) {
    out +=
        section(fmt::format("solution: {}", counted(static_cast<std::int64_t>(trace.solution->size()), "coordinate")),
                trace.solution_attributes, width);
  }
  return out;
}

}  // namespace

ExitCode info_command(const Call& call) {
  auto& comm = call.world;
  const Console console(comm.rank() == 0);
  const auto given = read_command_line(call.arguments, info_options(), "info");
  if (given.flag("help")) {
    console.print("vireo info FILE.h5\n\nPrints what a trace holds.\n" + help_text(info_options()));
    return ExitCode::ok;
  }
  if (given.positional.size() != 1) throw UsageError("info takes one file: vireo info FILE.h5");
  collectively(comm, [&] {
    if (comm.rank() == 0) console.print(describe(trace::read(given.positional.front())));
  });
  return ExitCode::ok;
}

}  // namespace vireo::app
