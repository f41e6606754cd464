#include "app/options.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <sstream>

#include "app/other_words.hpp"
#include "app/text.hpp"
#include "core/byte_order_mark.hpp"
#include "core/printable.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace po = boost::program_options;

namespace {

constexpr const char* line_breaks = "\n\r";

const Option* find(const OptionTable& table, const std::string& name) {
  for (const auto& group : table)
    for (const auto& option : group.options)
      if (option.name == name) return &option;
  return nullptr;
}

std::string nearest_option(const OptionTable& table, const std::string& name, bool in_file) {
  std::vector<std::string> names;
  for (const auto& group : table)
    for (const auto& option : group.options)
      if (option.in_file || !in_file) names.push_back(option.name);
  return nearest(name, names);
}

/// What to do about an option that is not known: the field's word for another, the nearest one, or where all stand.
std::string advice(const OptionTable& table, const std::string& name, bool in_file, const std::string& mark,
                   const std::string& where_all_stand) {
  if (const auto instead = instead_of(name); !instead.empty()) return ": " + instead;
  const auto near = nearest_option(table, name, in_file);
  return near.empty() ? where_all_stand : "; did you mean '" + mark + near + "'?";
}

std::string see_help(const std::string& subcommand) {
  return "; see: vireo " + (subcommand.empty() ? "" : subcommand + " ") + "--help";
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Cuts off a comment: `#` at the start or after a space
std::string without_comment(const std::string& text) {
  for (auto i = text.find('#'); i != std::string::npos; i = text.find('#', i + 1))
    if (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t') return text.substr(0, i);
  return text;
}

/// The value that a line has after its equals sign. In double quotes it is taken as it stands, with two quotes for one;
/// only a comment may follow.
std::string value_of(const std::string& where, const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos || text[begin] != '"') return trimmed(without_comment(text));
  std::string value;
  for (auto i = begin + 1; i < text.size(); ++i) {
    if (text[i] != '"') {
      value += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      value += text[i++];
    } else {
      if (!trimmed(without_comment(text.substr(i + 1))).empty())
        throw UsageError(where + ": more follows the closing quote; a quote within quotes is written twice");
      return value;
    }
  }
  throw UsageError(where + ": has no closing quote");
}

std::string parse_flag(const std::string& where, const std::string& text) {
  for (const char* const yes : {"on", "true", "yes", "1"})
    if (text == yes) return "on";
  for (const char* const no : {"off", "false", "no", "0"})
    if (text == no) return "off";
  throw UsageError(where + ": must be on or off, not '" + printable(text) + "'");
}

}  // namespace

const Given* GivenOptions::find(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second.front();
}

const std::vector<Given>& GivenOptions::all(const std::string& name) const {
  static const std::vector<Given> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

std::vector<std::string> GivenOptions::names() const {
  std::vector<std::string> out;
  for (const auto& [name, values] : values_) out.push_back(name);
  return out;
}

bool GivenOptions::flag(const std::string& name) const {
  const auto* given = find(name);
  return given != nullptr && given->text == "on";
}

GivenOptions read_command_line(const std::vector<std::string>& arguments, const OptionTable& table,
                               const std::string& subcommand) {
  po::options_description description;
  for (const auto& group : table)
    for (const auto& option : group.options) {
      if (option.value.empty())
        description.add_options()(option.name.c_str(), po::bool_switch(), "");
      else
        description.add_options()(option.name.c_str(), po::value<std::string>(), "");
    }
  // No abbreviations: a script must not change its meaning when an option is added. Unknown options are let through to
  // be refused below, with the nearest known one.
  using namespace po::command_line_style;
  const int style = allow_long | long_allow_adjacent | long_allow_next;
  GivenOptions given;
  try {
    const auto parsed = po::command_line_parser(arguments).options(description).style(style).allow_unregistered().run();
    for (const auto& option : parsed.options) {
      if (option.position_key >= 0) {
        given.positional.insert(given.positional.end(), option.value.begin(), option.value.end());
        continue;
      }
      const auto* known = find(table, option.string_key);
      if (option.unregistered || known == nullptr) {
        throw UsageError("unknown option '--" + printable(option.string_key) + "'" +
                         advice(table, option.string_key, false, "--", see_help(subcommand)));
      }
      const std::string where = "--" + known->name;
      if (given.has(known->name) && !known->repeatable) throw UsageError(where + " is given twice");
      // Boost takes whatever comes next, also another option.
      if (!known->value.empty() && (option.value.at(0).empty() || option.value.at(0).starts_with("--")))
        throw UsageError(where + " has no value");
      // it could not be written to a configuration, which is lines
      if (!known->value.empty() && option.value.at(0).find_first_of(line_breaks) != std::string::npos)
        throw UsageError(where + ": '" + printable(option.value.at(0)) + "' has a line break in it");
      given.add(known->name, {known->value.empty() ? "on" : option.value.at(0), where});
    }
  } catch (const po::invalid_command_line_syntax& error) {
    // "--seed" and "--seed=" alike; the option may be any text
    if (error.kind() == error.missing_parameter || error.kind() == error.empty_adjacent_parameter)
      throw UsageError(printable(error.get_option_name()) + " has no value");
    throw UsageError(printable(error.what()));
  } catch (const po::error& error) {
    throw UsageError(printable(error.what()));
  }
  // the one short option that people try before they have read anything
  if (find(table, "help") != nullptr && std::erase(given.positional, "-h") > 0) given.add("help", {"on", "-h"});
  for (const auto& text : given.positional)
    if (text.find_first_of(line_breaks) != std::string::npos)
      throw UsageError("'" + printable(text) + "' has a line break in it");
  for (const auto& text : given.positional)
    if (text.size() > 1 && text.front() == '-')
      throw UsageError("unknown option '" + printable(text) + "': options start with two dashes" +
                       see_help(subcommand));
  return given;
}

GivenOptions read_ini(const std::string& text, const std::string& source, const OptionTable& table) {
  GivenOptions given;
  if (is_utf16(text)) throw UsageError(source + ": is text in UTF-16: save it as UTF-8");
  std::istringstream lines(text.substr(byte_order_mark(text)));
  std::string raw;
  for (int number = 1; std::getline(lines, raw); ++number) {
    const auto equals = raw.find('=');
    const std::string before = raw.substr(0, equals);
    const std::string name = trimmed(without_comment(before));
    const bool comment_before = without_comment(before) != before;
    if (name.empty() && (comment_before || equals == std::string::npos)) continue;
    const std::string place = fmt::format("{}:{}: ", source, number);
    if (comment_before || equals == std::string::npos)
      throw UsageError(place + "'" + printable(name) + "' is not of the form name = value");
    const auto* known = find(table, name);
    if (known == nullptr) {
      throw UsageError(place + "unknown key '" + printable(name) + "'" +
                       advice(table, name, true, "", "; keys are the options of vireo solve --help"));
    }
    if (!known->in_file) throw UsageError(place + "'" + name + "' belongs on the command line, not in a file");
    const std::string where = place + name;
    const std::string value = value_of(where, raw.substr(equals + 1));
    if (value.empty()) throw UsageError(where + ": has no value");
    if (given.has(name) && !known->repeatable) throw UsageError(where + " is given twice");
    given.add(name, {known->value.empty() ? parse_flag(where, value) : value, where});
  }
  return given;
}

GivenOptions read_settings(const std::vector<std::pair<std::string, std::string>>& settings, const OptionTable& table) {
  GivenOptions given;
  given.mark.clear();
  for (const auto& [name, value] : settings) {
    const auto* known = find(table, name);
    if (known == nullptr) {
      throw UsageError("unknown setting '" + printable(name) + "'" +
                       advice(table, name, false, "", "; settings are the options of vireo solve"));
    }
    if (value.empty()) throw UsageError(name + " has no value");
    if (value.find_first_of(line_breaks) != std::string::npos)
      throw UsageError(name + ": '" + printable(value) + "' has a line break in it");
    if (given.has(name) && !known->repeatable) throw UsageError(name + " is given twice");
    given.add(name, {known->value.empty() ? parse_flag(name, value) : value, name});
  }
  return given;
}

std::string ini_line(const std::string& name, const std::string& value) {
  const bool quote = value != trimmed(value) || value.find('#') != std::string::npos || value.starts_with('"');
  if (!quote) return name + " = " + value + "\n";
  std::string quoted;
  for (const char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return name + " = \"" + quoted + "\"\n";
}

std::string help_text(const OptionTable& table) {
  std::string out;
  for (const auto& group : table) {
    out += "\n" + group.heading + ":\n";
    Table rows;
    for (const auto& option : group.options)
      rows.add("--" + option.name + (option.value.empty() ? "" : " " + option.value), option.meaning);
    out += rows.text(32);
  }
  return out;
}

}  // namespace vireo::app
