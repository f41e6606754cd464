#pragma once

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

/// likewise, and as Spec::parse does
template <class Entry>
[[nodiscard]] Chosen<Entry> choose(const Catalog<Entry>& catalog, const std::string& text) {
  return choose(catalog, Spec::parse(text));
}

}  // namespace vireo
