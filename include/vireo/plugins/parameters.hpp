#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vireo/core/vector.hpp"

namespace vireo {

/// A plug-in as the user names it: `name[:key=value[,key=value...]]`. A value may be a spec in brackets:
/// `induced:first=[topk:k=10],second=[randk:k=10]`. Names and keys are made of letters, digits and `_.-`. A
/// value without brackets is not empty and contains none of `,=[]`. A value in brackets is any text in which
/// brackets pair up.
struct Spec {
  std::string name;                                         ///< name of the plug-in
  std::vector<std::pair<std::string, std::string>> values;  ///< in the order given, without brackets

  /// Reads a spec. Brackets around the whole are removed too: `[ball:radius=1]`. A key given twice is left
  /// to Parameters. Throws UsageError that shows the text and the position in it (characters counted from
  /// 1).
  static Spec parse(const std::string& text);
  /// The spec as a text: Spec::parse(text()) gives the same name and values.
  [[nodiscard]] std::string text() const;

  /// True for the same name, keys and texts in the same order. Other spellings of the same values differ.
  bool operator==(const Spec&) const = default;
};

/// One parameter of a plug-in: what it may be and what it means, for parsing, for checks and for
/// `vireo list`.
struct Parameter {
  /// What values look like.
  enum class Kind : std::uint8_t {
    /// A number in [minimum, maximum], which is open where `open_*` says so. Never nan, infinite only if
    /// `infinite`
    real,
    integer,  ///< a whole number in [minimum, maximum]
    choice,   ///< one of `choices`
    flag,     ///< on or off
    text,     ///< any text
    step,     ///< auto, one of `choices`, a positive number, or a multiple of auto such as 2x
    spec      ///< the spec of another plug-in
  };
  std::string name;        ///< the key
  Kind kind = Kind::real;  ///< what values look like
  /// The default, as a user would type it. Empty if there is none; the parameter may be left out all the
  /// same.
  std::string fallback;
  std::string meaning;                                        ///< in words, for `vireo list`
  double minimum = -std::numeric_limits<double>::infinity();  ///< the smallest number
  double maximum = std::numeric_limits<double>::infinity();   ///< the largest number
  bool open_minimum = false;                                  ///< true: minimum itself is excluded
  bool open_maximum = false;                                  ///< true: maximum itself is excluded
  std::vector<std::string> choices{};                         ///< the allowed words, if the kind has any
  bool automatic = false;                                     ///< true: "auto" is allowed besides numbers
  bool infinite = false;                                      ///< true: inf and -inf are allowed too
  /// Defaults of earlier versions, which a run that one of them began may have
  std::vector<std::string> former{};

  /// A finite number
  static Parameter real(std::string name, std::string fallback, std::string meaning, double minimum, double maximum);
  /// A finite number > 0
  static Parameter positive(std::string name, std::string fallback, std::string meaning);
  /// A whole number
  static Parameter integer(std::string name, std::string fallback, std::string meaning, std::int64_t minimum,
                           std::int64_t maximum = std::int64_t{1} << 53);
  /// One of the words
  static Parameter choice(std::string name, std::string fallback, std::string meaning,
                          std::vector<std::string> choices);
  /// On or off
  static Parameter flag(std::string name, std::string fallback, std::string meaning);
  /// A step size, see Step
  static Parameter step(std::string name, std::string fallback, std::string meaning);
  /// Any text, which the plug-in checks itself
  static Parameter text(std::string name, std::string fallback, std::string meaning);
  /// The spec of another plug-in, such as a compressor, in brackets if it has parameters
  static Parameter spec(std::string name, std::string fallback, std::string meaning);
  [[nodiscard]] Parameter open() const;         ///< the same, without minimum and maximum themselves
  [[nodiscard]] Parameter open_below() const;   ///< the same, without minimum itself
  [[nodiscard]] Parameter or_auto() const;      ///< the same, with "auto" allowed
  [[nodiscard]] Parameter or_infinite() const;  ///< the same, with inf and -inf allowed
  /// The same, with what was the default before
  [[nodiscard]] Parameter formerly(std::string before) const;
  /// A step that the method knows by one of these names, besides auto
  [[nodiscard]] Parameter or_named(std::vector<std::string> rules) const;
  /// The allowed values as a text: "0 < real <= 1", "on|off", "auto | real > 0 | 2x", ...
  [[nodiscard]] std::string range() const;
  /// Checks a value, and returns it in a fixed spelling that means the same (numbers at full precision).
  /// Throws UsageError such as "<owner>: <name>=<value> is out of range (<range>)".
  [[nodiscard]] std::string checked(const std::string& owner, const std::string& value) const;
};

/// A step size as the user gave it: a factor of the theory's value, or a value.
struct Step {
  double factor = 1;   ///< multiple of the automatic step
  double value = 0;    ///< the step itself; 0 stands for the automatic one
  std::string rule{};  ///< the name of a step that the method offers; empty if none was named
  /// The step itself, given the theory's.
  [[nodiscard]] double resolve(double automatic) const { return value > 0 ? value : factor * automatic; }
};

/// The checked values of a plug-in's parameters; what the user left out has its default.
///
/// To ask for a parameter that does not exist, has no value or is of another kind is a defect of the
/// plug-in, which throws Error(internal).
class Parameters {
 public:
  Parameters() = default;
  /// Checks the spec's values against the parameters. Throws UsageError that names the spec, the key (and
  /// the nearest known key if it is unknown), the value and the allowed range. `kind` is "problem", "method"
  /// and so on. A default that fails its own check is a defect and throws Error(internal).
  Parameters(const std::string& kind, const Spec& spec, const std::vector<Parameter>& known);

  /// True if the parameter was given or has a default, and is not "auto"
  [[nodiscard]] bool has(const std::string& name) const;
  /// The value of a parameter of kind real
  [[nodiscard]] double real(const std::string& name) const;
  /// The value of a parameter of kind integer that is not negative
  [[nodiscard]] Index integer(const std::string& name) const;
  /// The value of a parameter of kind flag: true for on
  [[nodiscard]] bool flag(const std::string& name) const;
  /// The value of a parameter of kind text, choice or spec
  [[nodiscard]] const std::string& text(const std::string& name) const;
  /// The value of a parameter of kind step
  [[nodiscard]] Step step(const std::string& name) const;

  /// True if the spec had a value for the parameter
  [[nodiscard]] bool given(const std::string& name) const { return given_.contains(name); }

  /// The spec with all values, defaults included, in the order in which the plug-in declares its parameters.
  /// It reproduces the plug-in, and two specs that mean the same resolve to the same text (specs in brackets
  /// as typed).
  [[nodiscard]] Spec resolved() const;

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::string>> ordered_;
  std::map<std::string, std::string> values_;
  std::set<std::string> given_;
  [[nodiscard]] const std::string& at(const std::string& name) const;
};

/// The entry of `known` that is nearest to `name` by edit distance (insert, delete, replace, swap
/// neighbours; upper and lower case are equal), if at most a third of the letters are wrong. Otherwise the
/// only entry that begins with `name`. Empty if there is none. Of several equally near entries it is the
/// first.
[[nodiscard]] std::string nearest(const std::string& name, const std::vector<std::string>& known);

/// True if one of the names is `name`, where upper and lower case are equal, and `_` and `-` are nothing
[[nodiscard]] bool is_one_of(const std::string& name, const std::vector<std::string>& names);

/// Reads the whole text as a decimal number. It may be inf or -inf, but not nan, and may begin with +.
/// Throws UsageError "<what>: '<text>' is not a number", or that it is outside the range of float64.
[[nodiscard]] double parse_real(const std::string& what, const std::string& text);
/// Reads the whole text as a whole number, which may be written as 1e6 or 2.5e3 and is read exactly. Throws
/// UsageError "<what>: '<text>' is not a whole number", or that it does not fit into 64 bits.
[[nodiscard]] std::int64_t parse_integer(const std::string& what, const std::string& text);
/// The shortest text that is read as the same number, or inf, -inf, nan
[[nodiscard]] std::string format_real(double value);

}  // namespace vireo
