#include "app/run_options/fields.hpp"

#include "app/units.hpp"
#include "io/named_file.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

std::int64_t at_least_1(const std::string& text) { return parse_count(text, 1); }
std::string whole_text(std::int64_t value) { return std::to_string(value); }

}  // namespace

Field path(std::string Configuration::*member) {
  return only_if([=](const Configuration& c) { return !(c.*member).empty(); },
                 field(member, io::absolute_path, [](const std::string& path) { return path; }));
}

Field nonnegative(double Criteria::*member) { return field(member, parse_nonnegative, format_real); }

Field count(std::int64_t Configuration::*member) { return field(member, at_least_1, whole_text); }
Field count(std::int64_t Criteria::*member) { return field(member, at_least_1, whole_text); }

Field count_or_auto(std::optional<std::int64_t> Configuration::*member, std::int64_t minimum) {
  return field(
      member,
      [=](const std::string& text) {
        return text == automatic ? std::nullopt : std::optional(parse_count(text, minimum));
      },
      [](const std::optional<std::int64_t>& value) { return value ? whole_text(*value) : automatic; });
}

std::string limit_text(std::int64_t limit) { return limit == unlimited ? none : std::to_string(limit); }

Field limit(std::int64_t Criteria::*member, std::int64_t minimum) {
  return field(
      member, [=](const std::string& text) { return text == none ? unlimited : parse_count(text, minimum); },
      limit_text);
}

}  // namespace vireo::app
