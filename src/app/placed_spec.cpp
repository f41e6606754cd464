#include "app/placed_spec.hpp"

#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

PlacedSpec parse_placed_spec(const std::string& text) {
  // An equals sign before the first colon or bracket can only follow a block's name.
  const auto mark = text.find_first_of(":=[");
  if (mark == std::string::npos || text[mark] != '=') return {"", Spec::parse(text)};
  std::string spec = text.substr(mark + 1);
  if (spec.size() >= 2 && spec.front() == '[' && spec.back() == ']') spec = spec.substr(1, spec.size() - 2);
  if (mark == 0) throw UsageError("'" + printable(text) + "' names no block before '='");
  return {text.substr(0, mark), Spec::parse(spec)};
}

std::string text(const PlacedSpec& placed) {
  return placed.block.empty() ? placed.spec.text() : placed.block + "=[" + placed.spec.text() + "]";
}

}  // namespace vireo::app
