#pragma once

#include <optional>
#include <string>

namespace vireo {

/// What a theorem says of a quantity of the trace after k iterations, with D = ||z^0 - z*|| for any solution z*:
///
///     quantity(z^k) <= constant D factor^k / (k + shift)^power
struct Rate {
  std::string quantity;              ///< "residual" or "distance", as the trace's column
  std::optional<double> constant{};  ///< empty: it depends on more than D, and only the decay is known
  double factor = 1;                 ///< per iteration; 1: no geometric decay
  double power = 0;                  ///< p of C / (k + shift)^p; 0: no algebraic decay
  double shift = 1;                  ///< where it is 0, nothing is said of z^0
  bool expected = false;             ///< bounds the root of the mean square over the method's draws, not every run
  std::string theorem;               ///< the bound as a formula, and where it is proved
};

}  // namespace vireo
