#pragma once

#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// x_i <- 1 / (1 + exp(-x_i)), to 2.5 ulp for |x_i| <= 708, beyond that as at +-708 (1 or 3e-308); NaN stays NaN.
///
/// Branch-free, so that it compiles to vector code; element by element, so that all vector widths give the same bits.
void sigmoid(View x);

}  // namespace vireo::linalg
