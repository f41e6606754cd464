#include "app/plug_in_text.hpp"

#include <fmt/format.h>

#include "app/return_point.hpp"

namespace vireo::app {

std::string parameter_text(const Parameter& parameter) {
  std::string out = parameter.meaning;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  if (const auto range = parameter.range(); !range.empty()) add(range);
  add(parameter.fallback.empty() ? "no default" : "default " + parameter.fallback);
  return out;
}

std::string defaults_text(const ProblemPlugIn& entry) {
  const char* const data = entry.needs_data   ? "made from --data; "
                           : entry.takes_data ? "generated, or made from --data; "
                                              : "";
  return fmt::format("{}{} workers by default", data, entry.default_workers);
}
std::string defaults_text(const MethodPlugIn& entry) {
  const std::string by_default = "returns by default: " + entry.default_return;
  return entry.best_of || entry.average_of ? by_default + "; has: " + returns_text(entry) : by_default;
}
std::string defaults_text(const PlugIn&) { return {}; }

}  // namespace vireo::app
