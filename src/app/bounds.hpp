#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/hdf5.hpp"
#include "vireo/methods/method.hpp"

namespace vireo::app {

/// What a trace holds of a method's rates: for each a name, `residual`, and `residual_2` for the second of the same
/// quantity, and its attributes (see docs/trace.md). distance: ||z^0 - z*||, where it is known
[[nodiscard]] std::vector<std::pair<std::string, hdf5::Attributes>> bounds_of(const std::vector<Rate>& rates,
                                                                              std::optional<double> distance);

}  // namespace vireo::app
