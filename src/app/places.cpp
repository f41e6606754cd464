#include "app/places.hpp"

#include <algorithm>

namespace vireo::app {

Places::Places(const GivenOptions& given, const OptionTable& table) {
  for (const auto& group : table)
    for (const auto& option : group.options)
      for (const auto& value : given.all(option.name)) places_[option.name].push_back(value.where);
}

std::string Places::of(const std::string& option, std::size_t which) const {
  const auto found = places_.find(option);
  return found == places_.end() || which >= found->second.size() ? "--" + option : found->second[which];
}

std::string Places::named(const std::string& text, const std::string& option, std::size_t which) const {
  const auto place = of(option, which);
  if (text.starts_with(place)) return text;
  if (!text.starts_with("--")) return place + ": " + text;
  const auto end = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", 2), text.size());
  const auto name = text.substr(2, end - 2);
  return of(name, name == option ? which : 0) + text.substr(end);
}

}  // namespace vireo::app
