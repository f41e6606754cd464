#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/options.hpp"
#include "app/plug_in_text.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"
#include "core/printable.hpp"

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

template <class Entry>
std::string names_text(const Catalog<Entry>& catalog) {
  std::string out;
  for (const auto& entry : catalog.entries()) out += entry.name + "\n";
  return out;
}

template <class Entry>
std::string names_text(const Entry& entry) {
  std::string out;
  for (const auto& parameter : entry.parameters) out += parameter.name + "\n";
  return out;
}

/// The catalogs, each with the word for it
template <class Action>
void for_each_kind(const Registry& registry, const Action& action) {
  const auto visit = [&](const auto& catalog) { action(catalog.kind() + "s", catalog); };
  visit(registry.problems);
  visit(registry.methods);
  visit(registry.compressors);
  visit(registry.regularizers);
}

/// What a name stands for, of whatever kind: a plug-in, or what is called otherwise here
std::string found_by_name(const Registry& registry, const std::string& name, bool names) {
  std::string out;
  std::vector<std::string> all;
  for_each_kind(registry, [&](const std::string& kind, const auto& catalog) {
    all.push_back(kind);
    for (const auto& entry : catalog.entries()) {
      all.push_back(entry.name);
      if (entry.name != name && !is_one_of(name, entry.also_called)) continue;
      out += names ? names_text(entry) : catalog.kind() + "\n" + entry_text(entry, defaults_text(entry)) + "\n";
    }
  });
  if (!out.empty()) return out;
  const auto near = nearest(name, all);
  throw UsageError("there is no kind and no plug-in '" + printable(name) + "' to list" +
                   (near.empty() ? "; kinds are problems, methods, compressors and regularizers"
                                 : "; did you mean '" + near + "'?"));
}

std::string kind_text(const Registry& registry, const std::string& wanted, const std::vector<std::string>& of_it,
                      bool names) {
  std::string out;
  for_each_kind(registry, [&](const std::string& kind, const auto& catalog) {
    if (kind != wanted) return;
    if (of_it.empty()) out += names ? names_text(catalog) : catalog_text(catalog);
    for (const auto& name : of_it) {
      const auto& entry = catalog.find(name);
      out += names ? names_text(entry) : entry_text(entry, defaults_text(entry)) + "\n";
    }
  });
  return out;
}

bool is_kind(const Registry& registry, const std::string& word) {
  bool known = false;
  for_each_kind(registry, [&](const std::string& kind, const auto&) { known = known || kind == word; });
  return known;
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
        "Prints what can be named by a SPEC, or some of it, with its parameters, their ranges and defaults.\n"
        "A KIND is problems, methods, compressors or regularizers. A NAME alone is looked for in all of them.\n" +
        help_text(table));
    return ExitCode::ok;
  }
  const bool names = given.flag("names");
  const auto& words = given.positional;
  if (names && words.empty()) throw UsageError("--names: of which kind? vireo list KIND --names");
  std::string out;
  if (words.empty())
    for_each_kind(call.registry, [&](const std::string&, const auto& catalog) { out += catalog_text(catalog); });
  else if (is_kind(call.registry, words.front()))
    out = kind_text(call.registry, words.front(), {words.begin() + 1, words.end()}, names);
  else
    for (const auto& word : words) out += found_by_name(call.registry, word, names);
  console.print(out);
  return ExitCode::ok;
}

}  // namespace vireo::app
