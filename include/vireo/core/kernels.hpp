#pragma once

#include "vireo/core/vector.hpp"

/// Vector kernels with one fixed order of summation.
///
/// Sums run over chunks of `kernels::chunk` coordinates, with 32 interleaved partial sums in each chunk, and
/// the sums of the chunks are added in order. The order depends on the length alone: not on the width of
/// vector instructions, the alignment of a pointer, or the number of ranks. So equal inputs give equal bits
/// everywhere.
namespace vireo::kernels {

/// Number of coordinates in a chunk. Part of the reproducibility contract: another number is another
/// rounding.
inline constexpr Index chunk = 4096;

/// <x, y>
[[nodiscard]] double dot(ConstView x, ConstView y);
/// ||x||^2
[[nodiscard]] double squared_norm(ConstView x);
/// ||x||. The numbers are scaled where their squares would overflow or vanish, as in nrm2 of the BLAS: the result is
/// infinite or 0 only where a number is infinite, the norm exceeds the largest double, or all numbers are 0.
[[nodiscard]] double norm(ConstView x);
/// ||x - y||^2; infinite or 0 where the squares of the differences are
[[nodiscard]] double squared_distance(ConstView x, ConstView y);
/// ||x - y||, scaled as norm is
[[nodiscard]] double distance(ConstView x, ConstView y);
/// sum_j x_j
[[nodiscard]] double sum(ConstView x);
/// max_j |x_j|; a NaN anywhere gives NaN
[[nodiscard]] double max_abs(ConstView x);
/// true if every coordinate is finite
[[nodiscard]] bool all_finite(ConstView x);

/// y += a x
void axpy(double a, ConstView x, View y);
/// out = x + a y
void add_scaled(ConstView x, double a, ConstView y, View out);
/// out = a x + b y
void combine(double a, ConstView x, double b, ConstView y, View out);
/// out = x - y
void subtract(ConstView x, ConstView y, View out);
/// x *= a
void scale(double a, View x);

}  // namespace vireo::kernels
