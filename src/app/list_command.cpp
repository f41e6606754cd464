#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/options.hpp"
#include "app/plug_in_text.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"

namespace vireo::app {

namespace {

/// Name and summary, then what lies behind them, indented.
std::string entry_text(const PlugIn& entry, const std::string& defaults) {
  constexpr std::size_t indent = 4;
  std::string out = fmt::format("\n  {}\n", entry.name);
  const auto paragraph = [&](const std::string& label, const std::string& text) {
    if (text.empty() || text == "-") return;
    const std::string head = std::string(indent, ' ') + label;
    out += head + wrapped(text, head.size(), head.size()) + "\n";
  };
  paragraph("", entry.summary);
  paragraph("formula    ", entry.formula);
  paragraph("reference  ", entry.reference);
  paragraph("", defaults);
  std::size_t width = 0;
  for (const auto& parameter : entry.parameters) width = std::max(width, parameter.name.size());
  bool first = true;
  for (const auto& parameter : entry.parameters) {
    paragraph(fmt::format("{:<11}{:<{}}  ", first ? "parameters" : "", parameter.name, width),
              parameter_text(parameter));
    first = false;
  }
  return out;
}

template <class Entry>
std::string catalog_text(const Catalog<Entry>& catalog) {
  std::string out = fmt::format("{}s\n", catalog.kind());
  for (const auto& entry : catalog.entries()) out += entry_text(entry, defaults_text(entry));
  return out + "\n";
}

/// One entry, or the names of all, or the names of one entry's parameters: a line each
template <class Entry>
std::string catalog_text(const Catalog<Entry>& catalog, const std::string& name, bool names) {
  std::string out;
  if (name.empty() && !names) return catalog_text(catalog);
  if (name.empty())
    for (const auto& entry : catalog.entries()) out += entry.name + "\n";
  else if (const auto& entry = catalog.find(name); names)
    for (const auto& parameter : entry.parameters) out += parameter.name + "\n";
  else
    out = entry_text(entry, defaults_text(entry)) + "\n";
  return out;
}

}  // namespace

ExitCode list_command(const Call& call) {
  static const OptionTable table = {
      {"Options",
       {{"names", "", "only names: of the kind's entries, or of an entry's parameters, a line each"},
        {"help", "", "print this"}}}};
  const auto given = read_command_line(call.arguments, table, "list");
  const Console console(call.world.rank() == 0);
  if (given.flag("help")) {
    console.print(
        usage("list") +
        "\n\n"
        "Prints what can be named by a SPEC, or one of them, with its parameters, their ranges and defaults.\n"
        "A KIND is problems, methods, compressors or regularizers.\n" +
        help_text(table));
    return ExitCode::ok;
  }
  if (given.positional.size() > 2) throw UsageError("list takes one kind and one name: vireo list [KIND [NAME]]");
  const std::string kind = given.positional.empty() ? "" : given.positional.front();
  const std::string name = given.positional.size() < 2 ? "" : given.positional.back();
  const bool names = given.flag("names");
  if (names && kind.empty()) throw UsageError("--names: of which kind? vireo list KIND --names");
  const std::vector<std::string> kinds{"problems", "methods", "compressors", "regularizers"};
  std::string out;
  bool known = false;
  const auto add = [&](const std::string& of_catalog, const auto& catalog) {
    if (!kind.empty() && kind != of_catalog) return;
    known = true;
    out += catalog_text(catalog, name, names);
  };
  add(kinds[0], call.registry.problems);
  add(kinds[1], call.registry.methods);
  add(kinds[2], call.registry.compressors);
  add(kinds[3], call.registry.regularizers);
  if (!known) {
    const auto near = nearest(kind, kinds);
    throw UsageError("there is no kind '" + kind + "' to list" +
                     (near.empty() ? "; there are problems, methods, compressors and regularizers"
                                   : "; did you mean '" + near + "'?"));
  }
  console.print(out);
  return ExitCode::ok;
}

}  // namespace vireo::app
