#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace vireo {

/// A number that a method tells of its state, for the trace.
struct Measure {
  std::string name;                          ///< of the column
  std::string units;                         ///< "1", "byte", "s"
  std::string definition;                    ///< in words, for the trace
  std::variant<std::int64_t, double> value;  ///< as it is now; the kind of number never changes
};

}  // namespace vireo
