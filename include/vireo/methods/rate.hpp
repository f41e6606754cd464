#pragma once

#include <optional>
#include <string>

namespace vireo {

/// The bound that a theorem gives for a quantity of the trace after k iterations, where D = ||z^0 - z*|| for
/// any solution z*:
///
///     quantity(z^k) <= constant D factor^k / (k + shift)^power
struct Rate {
  std::string quantity;              ///< "residual" or "distance", a column of the trace
  std::optional<double> constant{};  ///< empty if it depends on more than D, so that only the decay is known
  double factor = 1;                 ///< the decay in each iteration; 1 if there is no geometric decay
  double power = 0;                  ///< p in C / (k + shift)^p; 0 if there is no algebraic decay
  double shift = 1;                  ///< if it is 0, the bound says nothing about z^0
  bool expected = false;             ///< true: bounds the root mean square over the method's random draws
  std::string theorem;               ///< the bound as a formula, and where it is proved
};

}  // namespace vireo
