#pragma once

#include "vireo/regularizers/regularizer.hpp"

/// The regularizers that Vireo brings along, for problems that have a set or a penalty of their own.
/// All throw UsageError if an argument is out of its range.
namespace vireo {

/// g = 0
[[nodiscard]] RegularizerPointer make_zero();

/// g(z) = (weight/2) ||z||^2;  prox: z / (1 + gamma weight);  mu_g = weight;  0 <= weight < inf
[[nodiscard]] RegularizerPointer make_l2(double weight = 1);

/// g(z) = weight ||z||_1;  prox: sign(z_j) max(|z_j| - gamma weight, 0);  0 <= weight < inf
[[nodiscard]] RegularizerPointer make_l1(double weight = 1);

/// {lower <= z_j <= upper for all j};  prox: min(max(z_j, lower), upper);  lower may be -inf, upper inf
[[nodiscard]] RegularizerPointer make_box(double lower = -1, double upper = 1);

/// {z_j >= 0 for all j};  prox: max(z_j, 0)
[[nodiscard]] RegularizerPointer make_nonnegative();

/// {||z|| <= radius};  prox: z min(1, radius / ||z||);  0 < radius < inf
[[nodiscard]] RegularizerPointer make_ball(double radius = 1);

/// {z_j >= 0 for all j, sum_j z_j = total};  prox: max(z_j - theta, 0), where theta makes the sum total;
/// 0 < total < inf. The set is empty in R^0: prox does nothing there, and value is infinity.
[[nodiscard]] RegularizerPointer make_simplex(double total = 1);

}  // namespace vireo
