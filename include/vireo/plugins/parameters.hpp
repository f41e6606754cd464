#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "vireo/core/vector.hpp"

namespace vireo {

/// A plug-in as the user names it: `name[:key=value[,key=value...]]`; a value may be a bracketed spec,
/// `induced:first=[topk:k=10],second=[randk:k=10]`. Names and keys are made of letters, digits and `_.-`. A value
/// without brackets is not empty and holds none of `,=[]`; one in brackets is any text in which brackets pair up.
struct Spec {
  std::string name;                                         ///< of the plug-in
  std::vector<std::pair<std::string, std::string>> values;  ///< in the order given; brackets taken off

  /// Brackets around the whole are taken off too: `[ball:radius=1]`. A key given twice is left to Parameters.
  /// throws UsageError that shows the text and the place (characters counted from 1)
  static Spec parse(const std::string& text);
  /// Spec::parse(text()) gives the same name and values.
  [[nodiscard]] std::string text() const;

  /// The same name, keys and texts in the same order: other spellings of the same values differ.
  bool operator==(const Spec&) const = default;
};

/// One parameter of a plug-in: what it may be and what it means. Feeds parsing, checks and `vireo list`.
struct Parameter {
  /// What values look like.
  enum class Kind : std::uint8_t {
    real,     ///< a number in [minimum, maximum] (open where `open_*` says so); never nan; infinite only if `infinite`
    integer,  ///< a whole number in [minimum, maximum]
    choice,   ///< one of `choices`
    flag,     ///< on or off
    text,     ///< any text
    step,     ///< auto, one of `choices`, a positive number, or a multiple of auto such as 2x
    spec      ///< the spec of another plug-in
  };
  std::string name;        ///< the key
  Kind kind = Kind::real;  ///< what values look like
  std::string fallback;    ///< the default, as a user would type it; empty: none, the parameter may be left out
  std::string meaning;     ///< in words, for `vireo list`
  double minimum = -std::numeric_limits<double>::infinity();  ///< of numbers
  double maximum = std::numeric_limits<double>::infinity();   ///< of numbers
  bool open_minimum = false;                                  ///< minimum itself is excluded
  bool open_maximum = false;                                  ///< maximum itself is excluded
  std::vector<std::string> choices{};                         ///< allowed words, where the kind has any
  bool automatic = false;                                     ///< "auto" is allowed besides numbers
  bool infinite = false;                                      ///< inf and -inf are allowed, within minimum and maximum

  /// a finite number
  static Parameter real(std::string name, std::string fallback, std::string meaning, double minimum, double maximum);
  /// a finite number > 0
  static Parameter positive(std::string name, std::string fallback, std::string meaning);
  /// a whole number
  static Parameter integer(std::string name, std::string fallback, std::string meaning, std::int64_t minimum,
                           std::int64_t maximum = std::int64_t{1} << 53);
  /// one of the words
  static Parameter choice(std::string name, std::string fallback, std::string meaning,
                          std::vector<std::string> choices);
  /// on or off
  static Parameter flag(std::string name, std::string fallback, std::string meaning);
  /// a Step
  static Parameter step(std::string name, std::string fallback, std::string meaning);
  /// anything; the plug-in checks it
  static Parameter text(std::string name, std::string fallback, std::string meaning);
  /// another plug-in, such as a compressor, in brackets where it has parameters
  static Parameter spec(std::string name, std::string fallback, std::string meaning);
  [[nodiscard]] Parameter open() const;         ///< minimum and maximum themselves excluded
  [[nodiscard]] Parameter open_below() const;   ///< minimum itself excluded
  [[nodiscard]] Parameter or_auto() const;      ///< "auto" allowed
  [[nodiscard]] Parameter or_infinite() const;  ///< inf and -inf allowed
  /// a step that the method knows by name, besides auto
  [[nodiscard]] Parameter or_named(std::vector<std::string> rules) const;
  /// "0 < real <= 1", "on|off", "auto | real > 0 | 2x", ...
  [[nodiscard]] std::string range() const;
  /// The value in one fixed spelling (numbers at full precision), which means the same.
  /// throws UsageError "<owner>: <name>=<value> is out of range (<range>)" and alike
  [[nodiscard]] std::string checked(const std::string& owner, const std::string& value) const;
};

/// A step size as the user gave it: a factor of the theory's value, or a value.
struct Step {
  double factor = 1;   ///< of the automatic step
  double value = 0;    ///< 0: automatic
  std::string rule{};  ///< the name of a step, of those that the method offers; empty: none was named
  /// The step itself, given the theory's.
  [[nodiscard]] double resolve(double automatic) const { return value > 0 ? value : factor * automatic; }
};

/// The checked values of a plug-in's parameters; what the user left out has its default.
///
/// Asking for a parameter that does not exist, has no value or is not of that kind is a defect of the plug-in:
/// Error(internal).
class Parameters {
 public:
  Parameters() = default;
  /// Checks the spec's values against the parameters: throws UsageError that names the spec, the key (and the nearest
  /// known one if it is unknown), the value and the allowed range. kind: problem, method, ... A default that fails its
  /// own check is a defect: Error(internal).
  Parameters(const std::string& kind, const Spec& spec, const std::vector<Parameter>& known);

  [[nodiscard]] bool has(const std::string& name) const;  ///< given, or has a default, and is not "auto"
  /// a parameter of kind real
  [[nodiscard]] double real(const std::string& name) const;
  /// a parameter of kind integer, not negative
  [[nodiscard]] Index integer(const std::string& name) const;
  /// true: on
  [[nodiscard]] bool flag(const std::string& name) const;
  [[nodiscard]] const std::string& text(const std::string& name) const;  ///< also choices and specs
  /// a parameter of kind step
  [[nodiscard]] Step step(const std::string& name) const;

  /// The spec with every value, defaults included, in the order in which the plug-in declares them: reproduces the
  /// plug-in, and two specs that mean the same resolve to the same text (bracketed specs as typed).
  [[nodiscard]] Spec resolved() const;

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::string>> ordered_;
  std::map<std::string, std::string> values_;
  [[nodiscard]] const std::string& at(const std::string& name) const;
};

/// The entry of `known` nearest to `name` by edit distance (insert, delete, replace, swap neighbours; upper and lower
/// case are equal) if at most a third of the letters are off; else the only one that begins with it; empty if there is
/// none. The first of equals.
[[nodiscard]] std::string nearest(const std::string& name, const std::vector<std::string>& known);

/// Reads a number: decimal, also inf and -inf, never nan; the whole text must be consumed, a leading + is fine.
/// throws UsageError "<what>: '<text>' is not a number", or is outside the range of float64
[[nodiscard]] double parse_real(const std::string& what, const std::string& text);
/// Reads a whole number, also as 1e6 or 2.5e3 (exactly, without a detour through floating point).
/// throws UsageError "<what>: '<text>' is not a whole number", or does not fit 64 bits
[[nodiscard]] std::int64_t parse_integer(const std::string& what, const std::string& text);
/// The shortest text that reads back as the same number; inf, -inf, nan.
[[nodiscard]] std::string format_real(double value);

}  // namespace vireo
