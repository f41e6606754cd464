#pragma once

#include <string>

#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

/// A regularizer as the user names it, [BLOCK=]SPEC: on a block, or on all coordinates together where `block` is empty.
struct PlacedSpec {
  std::string block;
  Spec spec;
};
/// throws UsageError as Spec::parse does, and for a block without a name
[[nodiscard]] PlacedSpec parse_placed_spec(const std::string& text);
[[nodiscard]] std::string text(const PlacedSpec& placed);

}  // namespace vireo::app
