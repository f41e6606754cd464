#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

inline void append(std::vector<Parameter>& list, Parameter parameter) { list.push_back(std::move(parameter)); }
inline void append(std::vector<Parameter>& list, const std::vector<Parameter>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// One list of parameters, in the order of the arguments, each of which is a Parameter or a list of them.
template <class... Parts>
[[nodiscard]] std::vector<Parameter> joined(Parts&&... parts) {
  std::vector<Parameter> list;
  (append(list, std::forward<Parts>(parts)), ...);
  return list;
}

/// The list without the parameter of this name
[[nodiscard]] inline std::vector<Parameter> without(const std::string& name, std::vector<Parameter> list) {
  std::erase_if(list, [&](const Parameter& parameter) { return parameter.name == name; });
  return list;
}

}  // namespace vireo::methods
