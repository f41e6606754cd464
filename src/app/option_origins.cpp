#include "app/option_origins.hpp"

#include <algorithm>

namespace vireo::app {

OptionOrigins::OptionOrigins(const GivenOptions& given) : mark_(given.mark) {
  for (const auto& name : given.names())
    for (const auto& value : given.all(name)) places_[name].push_back(value.where);
}

std::string OptionOrigins::of(const std::string& option, std::size_t which) const {
  const auto found = places_.find(option);
  return found == places_.end() || which >= found->second.size() ? mark_ + option : found->second[which];
}

std::string OptionOrigins::named(const std::string& text, const std::string& option, std::size_t which) const {
  const auto place = of(option, which);
  return text.starts_with(place) ? text : place + ": " + text;
}

std::string OptionOrigins::named(const UsageError& error, const std::string& option, std::size_t which) const {
  const auto& setting = error.setting();
  if (setting.empty()) return named(std::string(error.what()), option, which);
  const auto end = std::min(setting.find(' '), setting.size());  // a plug-in may follow, as in "method eag"
  const auto name = setting.substr(0, end);
  return of(name, name == option ? which : 0) + setting.substr(end) + ": " + error.reason();
}

}  // namespace vireo::app
