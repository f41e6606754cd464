#pragma once

#include <limits>
#include <string>

#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::regularizers {

/// How far outside a set, relative to the set's size, a point may lie by rounding and still count as inside.
inline constexpr double domain_rounding = 1e-12;

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// throws UsageError unless the condition holds; for arguments that come from code and so passed no Parameters
inline void require(bool condition, const std::string& what, double value, const std::string& range) {
  if (!condition) throw UsageError(what + "=" + format_real(value) + " is out of range (" + range + ")");
}

}  // namespace vireo::regularizers
