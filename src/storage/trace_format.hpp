#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "vireo/solve/observer.hpp"

/// The layout of a trace file, shared by its writer and its reader (docs/trace.md).
namespace vireo::trace {

inline constexpr const char* format = "vireo-trace";
inline constexpr std::int64_t format_version = 1;

/// One entry of a column.
using Number = std::variant<std::int64_t, double>;

/// One column of the trace: its dataset, its meaning, and where its entry is found in a row.
struct Column {
  enum class When : std::uint8_t {
    always,
    distance_known,  ///< the problem's solution is known
    gap_known,       ///< the problem has a gap function
    simulated        ///< the network is a modelled one
  };
  std::string name;
  std::string units;
  std::string definition;
  bool integer = false;
  std::function<Number(const Row&)> value;
  When when = When::always;
};

/// All columns but a method's own, in the order in which they are shown: the counters among them are vireo::counters.
[[nodiscard]] const std::vector<Column>& columns();

}  // namespace vireo::trace
