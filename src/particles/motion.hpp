#pragma once

#include "particles/block.hpp"
#include "particles/settings.hpp"

namespace vireo::particles {

/// What a block of particles moves by.
struct Moving {
  Index particles;                      ///< of the block that move or may move
  const double* noise;                  ///< standard normal, like the block
  ConstView consensus;                  ///< c
  const double* memory = nullptr;       ///< best positions, like the block, where there is a memory
  const BlockValues* drift = nullptr;   ///< 1 or 0 for each particle: whether it drifts; null: all do
  const BlockValues* chosen = nullptr;  ///< 1 or 0 for each particle: whether it moves; null: all do
  double width = 0;                     ///< of a hop in this step
};

/// One step of the particles x of a block (see Scheme for the formulas; S is truncated):
///
///     D = X - c,   X <- c + D (1 - lambda dt H) - lambda_memory dt (X - Y) + s S xi
void move(const Motion& motion, const Moving& by, double* x);

}  // namespace vireo::particles
