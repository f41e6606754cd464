#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "app/run_options.hpp"

/// Fields of the kinds that several options have.
namespace vireo::app {

inline constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
inline const std::string none = "none";
inline const std::string automatic = "auto";

// A field may be a member of the configuration itself, or of what it holds.
template <class MaybeConst, class Value>
auto& in(MaybeConst& configuration, Value Configuration::*member) {
  return configuration.*member;
}
template <class MaybeConst, class Value>
auto& in(MaybeConst& configuration, Value Criteria::*member) {
  return configuration.criteria.*member;
}
template <class MaybeConst, class Value>
auto& in(MaybeConst& configuration, Value NetworkModel::*member) {
  return configuration.network.*member;
}

/// parse: text -> value; print: value -> text
template <class Member, class Parse, class Print>
Field field(Member member, Parse parse, Print print) {
  return {[=](Configuration& c, const std::string& text, const Registry&) { in(c, member) = parse(text); },
          [=](const Configuration& c) -> std::vector<std::string> { return {print(in(c, member))}; }};
}

/// The same field, written only where `holds(configuration)`.
template <class Holds>
Field only_if(Holds holds, Field field) {
  auto write = [holds, all = std::move(field.write)](const Configuration& c) {
    return holds(c) ? all(c) : std::vector<std::string>{};
  };
  return {std::move(field.read), std::move(write)};
}

/// A path, made absolute; empty: not written.
[[nodiscard]] Field path(std::string Configuration::*member);
/// A finite number of at least 0.
[[nodiscard]] Field nonnegative(double Criteria::*member);
/// A whole number of at least 1.
[[nodiscard]] Field count(std::int64_t Configuration::*member);
[[nodiscard]] Field count(std::int64_t Criteria::*member);
/// A whole number of at least `minimum`, or auto: empty.
[[nodiscard]] Field count_or_auto(std::optional<std::int64_t> Configuration::*member, std::int64_t minimum);
/// A whole number of at least `minimum`, or none: no limit.
[[nodiscard]] Field limit(std::int64_t Criteria::*member, std::int64_t minimum);
/// "none" where there is no limit
[[nodiscard]] std::string limit_text(std::int64_t limit);

}  // namespace vireo::app
