#pragma once

#include <algorithm>
#include <string>

#include "vireo/plugins/catalog.hpp"

namespace vireo {

/// A plug-in that a spec names, with its parameters checked: what is kept of a spec once it is read.
template <class Entry>
struct Chosen {
  const Entry* entry = nullptr;  ///< in the catalog, which outlives this
  Parameters parameters;

  /// the spec with every parameter's value: two specs that mean the same have the same
  [[nodiscard]] std::string text() const { return parameters.resolved().text(); }
};

/// throws UsageError as Catalog::find and the check of Parameters do
template <class Entry>
[[nodiscard]] Chosen<Entry> choose(const Catalog<Entry>& catalog, const Spec& spec) {
  const auto& entry = catalog.find(spec.name);
  return {&entry, Parameters(catalog.kind(), spec, entry.parameters)};
}

/// "randk:0.1" as it should have been: "randk:fraction=0.1", if the value is one that the plug-in's first parameter of
/// all those may have. Empty: it is something else that is wrong.
template <class Entry>
[[nodiscard]] std::string with_key(const Catalog<Entry>& catalog, const std::string& text) {
  const auto colon = text.find(':');
  if (colon == text.npos || text.find('=') != text.npos) return {};
  const auto name = text.substr(0, colon);
  const auto value = text.substr(colon + 1);
  const auto& entries = catalog.entries();
  const auto entry = std::ranges::find_if(entries, [&](const auto& one) { return one.name == name; });
  if (entry == entries.end()) return {};
  for (const auto& parameter : entry->parameters) try {
      static_cast<void>(parameter.checked(name, value));
      return name + ":" + parameter.name + "=" + value;
    } catch (const UsageError&) {  // not this one
    }
  return {};
}

/// likewise, and as Spec::parse does
template <class Entry>
[[nodiscard]] Chosen<Entry> choose(const Catalog<Entry>& catalog, const std::string& text) {
  try {
    return choose(catalog, Spec::parse(text));
  } catch (const UsageError& error) {
    const auto meant = with_key(catalog, text);
    if (meant.empty()) throw;
    throw UsageError(std::string(error.what()) + "; did you mean '" + meant + "'?");
  }
}

}  // namespace vireo
