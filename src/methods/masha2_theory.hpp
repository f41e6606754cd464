#pragma once

#include "methods/masha_theory.hpp"
#include "methods/step_size.hpp"

namespace vireo::methods {

/// What is proved of masha2 and its kin (g = 0, refresh=zk). Notation of masha2.cpp; p = 1 - tau, r_z = ||z^{k+1/2} -
/// z^k||^2, r_w = ||z^{k+1/2} - w^k||^2, E = e + mean e_m, zhat = z - E.
///
/// Exactly zhat^{k+1} = tau zhat^k + p (w^k - E) - gamma F(z^{k+1/2}) in expectation over what is sampled. Adding
/// E||w^{k+1} - z*||^2, w^{k+1} = z^k = zhat^k + E with probability p, of the cross terms there remain
/// 2 gamma <F(w), E> + 2 p <E, z - w> = 2 <E, z - z^{k+1/2}>, and with x = gamma mu
///
///     E( ||zhat^{k+1} - z*||^2 + ||w^{k+1} - z*||^2 ) <= ||zhat^k - z*||^2 + ||w^k - z*||^2 - tau r_z - p r_w
///         + (gamma L)^2 r_w + 2 <E, z - z^{k+1/2}> + 2 gamma <F(z^{k+1/2}) - F(w), E> - 2 x ||z^{k+1/2} - z*||^2.
///
/// Young: the two products are at most tau' r_z + ||E||^2 / tau' + s (gamma L)^2 r_w + ||E||^2 / s. Error feedback:
/// with rho = sqrt(1 - 1/delta), D = mean ||e_m||^2 becomes at most rho D + rho^2/(1-rho) X and S = ||e||^2 at most
/// rho_s S + rho_s^2/(1-rho_s) c_C mean ||x_m||^2, X = (gamma L_ms)^2 r_w, mean ||x_m||^2 <= (1+phi) D + (1+1/phi) X.
/// With the best weights a of D and b of S, and ||E||^2 <= (1+eta) D + (1+1/eta) S, a price e_0 of ||E||^2 is one of
/// e_0 R^2 X, where
///
///     R = R_dev + sqrt(c_C) R_serv (1 + R_dev),      R_dev = rho/(1-rho) of delta_dev, R_serv likewise,
///
/// and of e_0 (R / (1 - xi))^2 X, xi = (x/2) / (1 - rho_max), if these terms shall shrink by 1 - x/2 too. Of the
/// distances, ||zhat - z*||^2 <= 2 ||z^{k+1/2} - z*||^2 + 4 r_z + 4 ||E||^2 and ||w - z*||^2 <= 2 ||z^{k+1/2} - z*||^2
/// + 2 r_w. Hence, with the best s and tau' = tau - 2 x, Psi = ||zhat - z*||^2 + ||w - z*||^2 + a D + b S has
///
///     E Psi_{k+1} <= (1 - gamma mu / 2) Psi_k  if
///     gamma^2 ( L^2 + 2 R' L L_ms + (1/tau' + 2 x) R'^2 L_ms^2 ) + x <= p,  tau' > 0,  xi < 1,  R' = R / (1 - xi),
///
/// and ||z - z*||^2 <= 2 Psi, as ||E||^2 <= (1+eta) D + (1+1/eta) S <= a D + b S. mu = 0: gamma^2 (L^2 + 2 R L L_ms +
/// R^2 L_ms^2 / tau) <= p, and E sum_k (r_z + r_w) is finite if the inequality is strict, since then tau' may be less
/// than tau: gamma F(w^k) = tau (z^k - w^k) + w^k - z^{k+1/2} goes to 0 in the mean square.
struct Masha2Theory {
  ChannelTheory channel;
  double L = 0;
  double L_ms = 0;  ///< (mean_m E||D_m||^2)^{1/2} <= L_ms ||z^{k+1/2} - w||
  double mu = 0;
  double probability = 0.5;

  /// R
  [[nodiscard]] double feedback() const;
  /// Whether the theorem holds at this step
  [[nodiscard]] bool proves(double gamma) const;
  /// The largest step that it holds at; 0.99 of it if mu = 0
  [[nodiscard]] StepRule step() const;
};

/// The theorem for a step that does not change
[[nodiscard]] std::vector<Rate> masha2_rates(const Masha2Theory& theory, const StepSize& step, const Refresh& refresh,
                                             const MethodContext& context);

}  // namespace vireo::methods
