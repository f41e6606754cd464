#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <sstream>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/options.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"
#include "core/printable.hpp"
#include "storage/checkpoint_reader.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

/// More than people read of a line that is out of a file
constexpr std::size_t longest_line = 10000;

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

/// Known attributes in the order in which people look for them, the others after them; each is taken out of the list.
class Attributes {
 public:
  explicit Attributes(hdf5::Attributes all) : all_(std::move(all)) {}

  /// the attribute as a text, or empty; at most once
  std::string take(const std::string& name) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& entry) { return entry.first == name; });
    if (found == all_.end()) return {};
    auto text = shown(found->second);
    all_.erase(found);
    return text;
  }
  void skip(std::initializer_list<const char*> names) {
    for (const char* const name : names) static_cast<void>(take(name));
  }
  void move_to(Table& table, std::initializer_list<const char*> names) {
    for (const char* const name : names)
      if (const auto text = take(name); !text.empty()) table.add(name, text);
  }
  void move_rest_to(Table& table) {
    while (!all_.empty()) {
      const auto name = all_.front().first;
      const auto text = take(name);
      const auto origin = take(name + "_origin");
      table.add(name, origin.empty() ? text : text + " (" + origin + ")");
    }
  }

 private:
  hdf5::Attributes all_;
};

/// Who made a file, where and when: the attributes that traces and checkpoints have in common.
void add_manifest(Table& table, Attributes& attributes, const hdf5::Attributes& manifest) {
  attributes.move_to(table, {"start_time"});
  table.add("made by", fmt::format("vireo {} (revision {})", attributes.take("version"), attributes.take("revision")));
  attributes.move_to(table, {"compiler", "mpi", "hdf5", "ranks", "ranks_are"});
  for (const auto& [name, value] : manifest)
    if (const auto* hosts = std::get_if<std::vector<std::string>>(&value); name == "hosts" && hosts != nullptr)
      table.add(name, host_list(*hosts));
  attributes.skip({"hosts"});
  attributes.move_to(table, {"workers", "seed", "argv"});
  attributes.move_rest_to(table);
}

std::string head_text(const trace::Trace& trace) {
  Attributes attributes(trace.manifest);
  attributes.skip({"format", "format_version"});
  Table table;
  const auto status = attributes.take("status");
  table.add("status", status + (status == "running" ? " (or killed: the file can not tell)" : ""));
  attributes.move_to(table, {"termination"});
  add_manifest(table, attributes, trace.manifest);
  return table.text(name_width);
}

std::string problem_text(const hdf5::Attributes& problem) {
  Attributes attributes(problem);
  Table table;
  attributes.move_to(table, {"dimension", "components", "fingerprint", "regularizer"});
  attributes.move_rest_to(table);
  return "\nproblem\n" + table.text(name_width);
}

std::string solution_text(const trace::Trace& trace) {
  Attributes attributes(trace.solution_attributes);
  attributes.skip({"definition", "units"});
  Table table;
  attributes.move_to(table, {"returned", "residual", "initial_residual"});
  if (const auto met = attributes.take("tolerance_met"); !met.empty())
    table.add("tolerance_met", met == "1" ? "yes" : "no");
  attributes.move_to(
      table, {"distance", "iterations", "oracle_calls", "wire_bytes_up", "wire_bytes_down", "mpi_bytes", "seconds"});
  attributes.move_rest_to(table);
  return fmt::format("\nsolution: {}\n", counted(static_cast<std::int64_t>(trace.solution->size()), "coordinate")) +
         table.text(name_width);
}

/// First and last number of every column.
std::string rows_text(const trace::Trace& trace) {
  std::string out = fmt::format("\ntrace: {}\n", counted(static_cast<std::int64_t>(trace.rows), "row"));
  if (trace.rows == 0) return out;
  out += fmt::format("  {:<22}{:>20}{:>20}\n", "", "first", "last");
  for (const auto& column : trace.columns) {
    const auto number = [&](std::size_t i) {
      return column.integer ? grouped(column.integers[i]) : short_real(column.values[i]);
    };
    out += fmt::format("  {:<22}{:>20}{:>20}{}\n", printable(column.name), number(0), number(trace.rows - 1),
                       column.units == "1" ? "" : " " + printable(column.units));
  }
  return out;
}

/// "12.3 * 0.97^k / (k + 1)^0.5", of a bound's attributes
std::string bound_text(const hdf5::Attributes& bound) {
  const auto number = [&](const char* name, double otherwise) { return trace::real(bound, name).value_or(otherwise); };
  const auto constant = trace::real(bound, "constant");
  std::string out = constant ? short_real(*constant) : "C";
  if (const double factor = number("factor", 1); factor != 1) out += fmt::format(" * {:.8g}^k", factor);
  const double power = number("power", 0);
  if (power == 0) return out;
  const double shift = number("shift", 1);
  out += shift == 0 ? " / k" : fmt::format(" / (k + {:g})", shift);
  return power == 1 ? out : out + fmt::format("^{:g}", power);
}

/// What theorems say of the method.
std::string theory_text(const trace::Trace& trace) {
  if (trace.theory.empty()) return {};
  std::string out = "\ntheory: after k iterations\n";
  for (const auto& bound : trace.theory)
    out += fmt::format("  {} <= {}\n    {}\n", printable(trace::text(bound, "quantity")), bound_text(bound),
                       printable(trace::text(bound, "text"), longest_line));
  return out;
}

/// Where the rows were made, if that has changed.
std::string segments_text(const trace::Trace& trace) {
  if (trace.segments.size() < 2) return {};
  Table table;
  for (const auto& segment : trace.segments)
    table.add("row " + grouped(segment.start_row),
              fmt::format("on {}{}, {}", segment.hosts, segment.job.empty() ? "" : ", job " + segment.job,
                          segment.start_time));
  return "\nsegments: rows from each on were made\n" + table.text(name_width);
}

std::string config_text(const std::string& config) {
  std::string out = "\nconfiguration (vireo solve --config takes these lines)\n";
  std::istringstream lines(config);
  for (std::string line; std::getline(lines, line);) out += "  " + printable(line, longest_line) + "\n";
  return out;
}

std::string describe(const trace::Trace& trace) {
  return trace.path + ": trace of a run of Vireo\n" + head_text(trace) + config_text(trace.config) +
         problem_text(trace.problem) + theory_text(trace) + rows_text(trace) + segments_text(trace) +
         (trace.solution ? solution_text(trace) : "");
}

/// The file that the problem is made from
std::string data_text(const io::FileIdentity& data) {
  Table table;
  table.add("path", data.path);
  table.add("bytes", grouped(data.bytes));
  table.add("sha256", data.sha256);
  return "\ndata\n" + table.text(name_width);
}

std::string describe(const std::string& path, const checkpoint::Contents& contents) {
  const auto& header = contents.header;
  Attributes attributes(header.manifest);
  attributes.skip({"format", "format_version"});
  Table head;
  add_manifest(head, attributes, header.manifest);
  Attributes run(contents.run);
  Table state;
  run.move_to(state, {"iteration", "rows", "initial_residual", "oracle_calls", "wire_bytes_up", "wire_bytes_down",
                      "mpi_bytes", "seconds"});
  run.move_rest_to(state);
  std::string arrays;
  for (const auto& array : contents.arrays) arrays += "  " + array + "\n";
  return path + ": checkpoint of a run of Vireo, whole\n" + head.text(name_width) + config_text(header.config) +
         problem_text(header.problem) + (header.data ? data_text(*header.data) : "") + "\nstate\n" +
         state.text(name_width) + "\narrays\n" + arrays;
}

/// A checkpoint's first bytes are not HDF5's. An empty file is anything.
bool is_checkpoint(const std::string& path) {
  std::error_code missing;
  if (std::filesystem::file_size(path, missing) == 0) return false;
  using Kind = checkpoint::Verdict::Kind;
  const auto kind = checkpoint::glance(path).kind;
  return kind == Kind::good || kind == Kind::corrupt;
}

/// throws IoError for a checkpoint that is damaged
void print_checkpoint(const Console& console, Communicator& comm, const std::string& path) {
  const auto verdict = checkpoint::examine(comm, path);
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (verdict.kind != checkpoint::Verdict::Kind::good) throw IoError(verdict.text);
    console.print(describe(path, checkpoint::read(path)));
  });
}

}  // namespace

ExitCode info_command(const Call& call) {
  auto& comm = call.world;
  const Console console(comm.rank() == 0);
  const auto given = read_command_line(call.arguments, info_options(), "info");
  if (given.flag("help")) {
    console.print(usage("info") + "\n\nPrints what a trace or a checkpoint holds.\n" + help_text(info_options()));
    return ExitCode::ok;
  }
  if (given.positional.size() != 1) throw UsageError("info takes one file: " + usage("info"));
  if (combine(comm, comm.rank() == 0 && is_checkpoint(given.positional.front()) ? 1 : 0, Reduction::maximum) == 1) {
    print_checkpoint(console, comm, given.positional.front());
    return ExitCode::ok;
  }
  collectively(comm, [&] {
    if (comm.rank() == 0) console.print(describe(trace::read(given.positional.front())));
  });
  return ExitCode::ok;
}

}  // namespace vireo::app
