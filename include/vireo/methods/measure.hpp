#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace vireo {

/// A number that a method tells of its state, for the trace.
struct Measure {
  std::string name;  ///< of the column
  std::string units;
  std::string definition;
  std::variant<std::int64_t, double> value;
};

}  // namespace vireo
