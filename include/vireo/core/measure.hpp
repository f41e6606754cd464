#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace vireo {

/// A number that a method adds to each row of the trace.
struct Measure {
  std::string name;                          ///< name of the column
  std::string units;                         ///< "1", "byte", "s"
  std::string definition;                    ///< in words, for the trace
  std::variant<std::int64_t, double> value;  ///< the present value, always of the same type
};

}  // namespace vireo
