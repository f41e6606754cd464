#pragma once

#include <string>
#include <vector>

#include "methods/variance.hpp"

namespace vireo::methods {

/// The parameters `step`, `L`, `L_tilde` and `cocoercivity` of methods whose step rests on cocoercivity.
[[nodiscard]] std::vector<Parameter> cocoercive_parameters(std::string automatic_step);

/// Mean-square sizes of the workers' messages F_m(u) - F_m(v) in units of <F(u) - F(v), u - v>: ||F(u) - F(v)||^2 is at
/// most ell times that, and (1/M) sum_m ||F_m(u) - F_m(v)||^2 at most ell_tilde times.
///
/// ell_tilde is taken as ell (L_tilde / L)^2. That is a bound where ell = L^2/mu, since then it is L_tilde^2/mu; else
/// it supposes that the workers' operators are cocoercive as F is.
struct CocoercivityOfWorkers {
  double ell = 0;
  double ell_tilde = 0;
  [[nodiscard]] MessageSizes sizes() const { return {.mean = ell, .each = ell_tilde, .spread = ell_tilde}; }
};

/// throws UsageError that names cocoercivity= and step= if no constant is known; if unproven choices are allowed, L
/// stands in for it
[[nodiscard]] CocoercivityOfWorkers require_cocoercivity_of_workers(const Constants& constants, bool allow_unproven,
                                                                    const std::string& method);

/// ell > 0 with <F(u) - F(v), u - v> >= (1/ell) mean_i ||E_i(u) - E_i(v)||^2 (Constants::cocoercivity_component).
/// throws UsageError where none is known; if unproven choices are allowed, L_component or L stands in for it
[[nodiscard]] double require_cocoercivity_of_components(const Constants& constants, bool allow_unproven,
                                                        const std::string& method);

/// True unless the user gives it
[[nodiscard]] bool needs_component_cocoercivity(const Parameters& parameters);

/// The parameter by which a user gives it to a method
[[nodiscard]] Parameter component_cocoercivity_parameter();

}  // namespace vireo::methods
