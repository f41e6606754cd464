#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "vireo/solve/observer.hpp"

/// The layout of a trace file, shared by its writer and its reader (docs/trace.md).
namespace vireo::trace {

inline constexpr const char* format = "vireo-trace";
inline constexpr std::int64_t format_version = 1;

/// One quantity of the trace: its dataset, its meaning, and where it is found in a row.
struct Quantity {
  enum class When : std::uint8_t {
    always,
    distance_known,  ///< the problem's solution is known
    gap_known,       ///< the problem has a gap function
    simulated        ///< the network is a modelled one
  };
  std::string name;
  std::string units;
  std::string definition;
  std::variant<std::int64_t (*)(const Row&), double (*)(const Row&)> value;
  When when = When::always;
  [[nodiscard]] bool integer() const { return value.index() == 0; }
};

/// One quantity of /ranks: a number for each rank.
struct RankQuantity {
  std::string name;
  std::string units;
  std::string definition;
  std::variant<std::int64_t (*)(const RankTotals&), double (*)(const RankTotals&)> value;
  [[nodiscard]] bool integer() const { return value.index() == 0; }
};
[[nodiscard]] const std::vector<RankQuantity>& rank_quantities();

/// All quantities, in the order in which they are shown.
[[nodiscard]] const std::vector<Quantity>& quantities();

}  // namespace vireo::trace
