#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "vireo/problems/constants.hpp"

namespace vireo::app {

/// Name, value and origin of every constant that is known.
struct NamedConstant {
  std::string name;
  Constant constant;
};
[[nodiscard]] std::vector<NamedConstant> named(const Constants& constants);

/// The step sizes rest on finite differences, which see only some points.
[[nodiscard]] bool rests_on_estimates(const Constants& constants);

/// Attribute that says how constants were estimated, see Setup::estimated_by
constexpr const char* estimated_by = "estimated_by";

/// The same as attributes `NAME` and `NAME_origin`, with `constants_hold_in` if that is the domain of g alone, and
/// back: what is not among the attributes is not known.
[[nodiscard]] hdf5::Attributes attributes_of(const Constants& constants);
[[nodiscard]] Constants constants_of(const hdf5::Attributes& attributes);

}  // namespace vireo::app
