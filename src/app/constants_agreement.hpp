#pragma once

#include <string>
#include <vector>

#include "vireo/problems/constants.hpp"

namespace vireo::app {

/// One line for each constant of a file that is not the one found again; empty: all are. A constant that the file lacks
/// is none of them: older versions knew fewer. NaN is never the one found.
///
/// Values may differ by a millionth, and by 1e-12 L: a smallest eigenvalue is known to the rounding of the largest.
/// compare_estimates: false leaves out those that are estimated, where the point that they were estimated at is unknown
[[nodiscard]] std::vector<std::string> differences(const Constants& stored, const Constants& found,
                                                   bool compare_estimates);

}  // namespace vireo::app
