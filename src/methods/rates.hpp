#pragma once

#include <optional>
#include <string>
#include <vector>

#include "methods/step_size.hpp"
#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// What the bounds of the methods have in common. All of them need constants that hold for certain: where one is
/// merely estimated, or not known, nothing is said.

/// A rounding error's worth: steps that are given as the theorem's limit are within it.
inline constexpr double step_slack = 1e-12;

/// The step is not beyond the automatic one
[[nodiscard]] bool within_automatic(const StepSize& step);

/// The constant is known, and not an estimate
[[nodiscard]] bool certain(const std::optional<Constant>& constant);

/// F is monotone for certain
[[nodiscard]] bool monotone(const Constants& constants);

/// A decay of the distance to the solution, constant D factor^k, and what follows for the residual where L is known:
///     ||z - prox_g(z - F(z))|| <= (1 + sqrt(1 + L^2)) ||z - z*||,      ||F(z)|| <= L ||z - z*|| if g = 0
/// (prox is nonexpansive, and ||(z - z*) - (F(z) - F(z*))||^2 <= (1 + L^2) ||z - z*||^2 for monotone F). Nothing where
/// the factor is not below 1. `constant`: empty if only the decay is known.
[[nodiscard]] std::vector<Rate> linear_rates(std::optional<double> constant, double factor, bool expected,
                                             const std::string& theorem, const MethodContext& context);

/// The least of a b / (a + b): of a ||u - x||^2 + b ||u - y||^2 over u, as a multiple of ||x - y||^2. 0 if either is.
[[nodiscard]] double parallel(double a, double b);

}  // namespace vireo::methods
