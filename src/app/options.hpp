#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Named options, from the command line and from an INI file, before anything is made of their values.
namespace vireo::app {

/// One option that a subcommand takes.
struct Option {
  std::string name;
  std::string value;  ///< what stands for its value in the help; empty: a flag, on or off
  std::string meaning;
  bool repeatable = false;
  bool in_file = true;        ///< also a key of the INI file
  std::string plug_ins = {};  ///< the kind of plug-in that a value names, as `vireo list` takes it: "methods"
};

/// Options under a heading of the help.
struct OptionGroup {
  std::string heading;
  std::vector<Option> options;
};
using OptionTable = std::vector<OptionGroup>;

/// A value as it was written, and where: "--seed", or "run.ini:3: seed".
struct Given {
  std::string text;
  std::string where;
};

/// The options that were given. A flag's text is "on" or "off".
class GivenOptions {
 public:
  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  /// the only value; null if it was not given
  [[nodiscard]] const Given* find(const std::string& name) const;
  [[nodiscard]] const std::vector<Given>& all(const std::string& name) const;
  [[nodiscard]] bool flag(const std::string& name) const;
  void add(const std::string& name, Given given) { values_[name].push_back(std::move(given)); }
  void drop(const std::string& name) { values_.erase(name); }
  /// names of the options given, in alphabetical order
  [[nodiscard]] std::vector<std::string> names() const;
  /// Takes over what is not given here.
  void fill_from(const GivenOptions& other) { values_.insert(other.values_.begin(), other.values_.end()); }

  std::vector<std::string> positional;  ///< arguments that belong to no option
  std::string mark = "--";              ///< before the name of an option that is not given, in messages

 private:
  std::map<std::string, std::vector<Given>> values_;
};

/// Reads `--name value` and `--name=value` of a subcommand, whose `--help` messages refer to. throws UsageError that
/// names the option (an unknown one with the nearest known): unknown, without its value, given twice
[[nodiscard]] GivenOptions read_command_line(const std::vector<std::string>& arguments, const OptionTable& table,
                                             const std::string& subcommand = "");

/// Reads the text of an INI file: lines `name = value`; `#` at the start of a line or after a space begins a comment; a
/// value in double quotes is taken as it stands, but for quotes, each of which is written twice. throws UsageError that
/// names source and line
[[nodiscard]] GivenOptions read_ini(const std::string& text, const std::string& source, const OptionTable& table);

/// Takes settings by name, as a caller gives them: `where` is the name alone, without dashes. Flags are on or off.
/// throws UsageError that names the setting (an unknown one with the nearest known): unknown, empty, given twice
[[nodiscard]] GivenOptions read_settings(const std::vector<std::pair<std::string, std::string>>& settings,
                                         const OptionTable& table);

/// One line of an INI file that read_ini reads back as the same value.
[[nodiscard]] std::string ini_line(const std::string& name, const std::string& value);

/// The table as a text for people.
[[nodiscard]] std::string help_text(const OptionTable& table);

}  // namespace vireo::app
