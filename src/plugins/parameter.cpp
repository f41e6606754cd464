#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/printable.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// The largest whole number up to which float64 has them all; a bound there is no bound to tell anyone about.
constexpr double largest_integer = 0x1p53;

Parameter basic(Parameter::Kind kind, std::string name, std::string fallback, std::string meaning) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.kind = kind;
  parameter.fallback = std::move(fallback);
  parameter.meaning = std::move(meaning);
  return parameter;
}

std::string number(const Parameter& parameter, double value) {
  return parameter.kind == Parameter::Kind::integer ? std::to_string(static_cast<std::int64_t>(value))
                                                    : format_real(value);
}

/// "0 < noun <= 1"; the noun alone if there are no bounds
std::string bounds(const Parameter& parameter, const std::string& noun) {
  const double unbounded = parameter.kind == Parameter::Kind::integer ? largest_integer : infinity;
  const bool below = parameter.minimum > -unbounded;
  const bool above = parameter.maximum < unbounded;
  const std::string lower_sign = parameter.open_minimum ? "<" : "<=";
  const std::string upper_sign = parameter.open_maximum ? "<" : "<=";
  if (below && above)
    return number(parameter, parameter.minimum) + " " + lower_sign + " " + noun + " " + upper_sign + " " +
           number(parameter, parameter.maximum);
  if (below) return noun + (parameter.open_minimum ? " > " : " >= ") + number(parameter, parameter.minimum);
  if (above) return noun + " " + upper_sign + " " + number(parameter, parameter.maximum);
  return noun;
}

bool inside(const Parameter& parameter, double value) {
  if (std::isinf(value) && !parameter.infinite) return false;
  return (parameter.open_minimum ? value > parameter.minimum : value >= parameter.minimum) &&
         (parameter.open_maximum ? value < parameter.maximum : value <= parameter.maximum);
}

/// What an error message says is allowed: "0 < fraction <= 1"
std::string allowed(const Parameter& parameter) {
  const auto text = bounds(parameter, parameter.name);
  const auto values = text == parameter.name && !parameter.infinite ? text + " finite" : text;
  if (parameter.kind == Parameter::Kind::step) {
    std::string named;
    for (const auto& rule : parameter.choices) named += rule + ", ";
    return "auto, " + named + values + ", or a multiple of auto such as 2x";
  }
  return (parameter.automatic ? "auto or " : "") + values;
}

/// Runs parse_real or parse_integer and adds to its error what is allowed.
template <class Parse>
auto parse(const Parameter& parameter, Parse read, const std::string& where, const std::string& value) {
  try {
    return read(where, value);
  } catch (const UsageError& error) {
    throw UsageError(std::string(error.what()) + " (" + allowed(parameter) + ")");
  }
}

std::string join(const std::vector<std::string>& items, const std::string& separator) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : separator) + item;
  return out;
}

}  // namespace

Parameter Parameter::real(std::string name, std::string fallback, std::string meaning, double minimum, double maximum) {
  auto parameter = basic(Kind::real, std::move(name), std::move(fallback), std::move(meaning));
  parameter.minimum = minimum;
  parameter.maximum = maximum;
  return parameter;
}

Parameter Parameter::positive(std::string name, std::string fallback, std::string meaning) {
  return real(std::move(name), std::move(fallback), std::move(meaning), 0, infinity).open_below();
}

Parameter Parameter::integer(std::string name, std::string fallback, std::string meaning, std::int64_t minimum,
                             std::int64_t maximum) {
  auto parameter = basic(Kind::integer, std::move(name), std::move(fallback), std::move(meaning));
  parameter.minimum = static_cast<double>(minimum);
  parameter.maximum = static_cast<double>(maximum);
  return parameter;
}

Parameter Parameter::choice(std::string name, std::string fallback, std::string meaning,
                            std::vector<std::string> choices) {
  auto parameter = basic(Kind::choice, std::move(name), std::move(fallback), std::move(meaning));
  parameter.choices = std::move(choices);
  return parameter;
}

Parameter Parameter::flag(std::string name, std::string fallback, std::string meaning) {
  auto parameter = basic(Kind::flag, std::move(name), std::move(fallback), std::move(meaning));
  parameter.choices = {"on", "off"};
  return parameter;
}

Parameter Parameter::step(std::string name, std::string fallback, std::string meaning) {
  auto parameter = basic(Kind::step, std::move(name), std::move(fallback), std::move(meaning));
  parameter.minimum = 0;
  parameter.open_minimum = true;
  parameter.automatic = true;
  return parameter;
}

Parameter Parameter::text(std::string name, std::string fallback, std::string meaning) {
  return basic(Kind::text, std::move(name), std::move(fallback), std::move(meaning));
}

Parameter Parameter::spec(std::string name, std::string fallback, std::string meaning) {
  return basic(Kind::spec, std::move(name), std::move(fallback), std::move(meaning));
}

Parameter Parameter::open() const {
  auto copy = *this;
  copy.open_minimum = copy.open_maximum = true;
  return copy;
}

Parameter Parameter::open_below() const {
  auto copy = *this;
  copy.open_minimum = true;
  return copy;
}

Parameter Parameter::formerly(std::string before) const {
  auto out = *this;
  out.former.push_back(std::move(before));
  return out;
}

Parameter Parameter::or_auto() const {
  auto copy = *this;
  copy.automatic = true;
  return copy;
}

Parameter Parameter::or_infinite() const {
  auto copy = *this;
  copy.infinite = true;
  return copy;
}

Parameter Parameter::or_named(std::vector<std::string> rules) const {
  auto copy = *this;
  copy.choices = std::move(rules);
  return copy;
}

std::string Parameter::range() const {
  const std::string automatic_or = automatic ? "auto | " : "";
  switch (kind) {
    case Kind::real:
      return automatic_or + bounds(*this, "real") + (infinite ? " | inf" : "");
    case Kind::integer:
      return automatic_or + bounds(*this, "integer");
    case Kind::choice:
    case Kind::flag:
      return join(choices, "|");
    case Kind::text:
      return "text";
    case Kind::step:
      return automatic_or + (choices.empty() ? "" : join(choices, " | ") + " | ") + bounds(*this, "real") + " | 2x";
    case Kind::spec:
      return "spec";
  }
  return {};
}

std::string Parameter::checked(const std::string& owner, const std::string& value) const {
  const auto where = owner + ": " + name;
  const auto out_of_range = [&] {
    return UsageError(where + "=" + printable(value) + " is out of range (" + allowed(*this) + ")");
  };
  const bool numeric = kind == Kind::real || kind == Kind::integer || kind == Kind::step;
  if (numeric && automatic && value == "auto") return value;
  switch (kind) {
    case Kind::real: {
      const double parsed = parse(*this, parse_real, where, value);
      if (!inside(*this, parsed)) throw out_of_range();
      return format_real(parsed);
    }
    case Kind::integer: {
      const auto parsed = parse(*this, parse_integer, where, value);
      if (parsed > static_cast<std::int64_t>(largest_integer))
        throw UsageError(where + "=" + printable(value) + " is larger than 2^53");
      if (!inside(*this, static_cast<double>(parsed))) throw out_of_range();
      return std::to_string(parsed);
    }
    case Kind::step: {
      if (std::ranges::find(choices, value) != choices.end()) return value;
      const bool multiple = value.size() > 1 && value.back() == 'x';
      const double parsed = parse(*this, parse_real, where, multiple ? value.substr(0, value.size() - 1) : value);
      if (!inside(*this, parsed)) throw out_of_range();
      return format_real(parsed) + (multiple ? "x" : "");
    }
    case Kind::choice:
    case Kind::flag:
      if (std::find(choices.begin(), choices.end(), value) == choices.end())
        throw UsageError(where + "='" + printable(value) + "' is not one of " + join(choices, ", "));
      return value;
    case Kind::text:
      return value;
    case Kind::spec:
      try {
        return Spec::parse(value).text();
      } catch (const UsageError& error) {
        throw UsageError(where + ": " + error.what());
      }
  }
  return value;
}

}  // namespace vireo
