#pragma once

#include "vireo/core/vector.hpp"

namespace vireo::solving {

/// What is known at a point: the two belong together.
struct Evaluation {
  double residual = 0;  ///< the natural residual; NaN: F is not finite there, or is not known
  ConstView F;          ///< F at the point, until its owner evaluates another; meaningless where the residual is NaN
};

}  // namespace vireo::solving
