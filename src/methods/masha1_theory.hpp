#pragma once

#include "methods/masha_theory.hpp"
#include "methods/refresh.hpp"
#include "methods/step_size.hpp"

namespace vireo::methods {

/// What is proved of masha1 and its kin: steps, and how fast the distance to the solution decays. The estimate G
/// enters by two constants. With zbar = tau z + p w, tau = 1 - p, and v for what all know of F(w),
///
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma v ),   z^{k+1} = prox_{gamma g}( zbar - gamma (v + G) ),
///     E(v + G)  = F(z^{k+1/2}),      E||G||^2 <= ( C ||z^{k+1/2} - w|| + sqrt(q_serv) (m sqrt(A) + sqrt(S)) )^2,
///
/// where A and S are what announcements still owe (0 if they are exact; see below).
///
/// Theorem. F monotone, mu- and dg mu_g-strongly monotone, r_z = ||z^{k+1/2} - z^k||^2, r_w = ||z^{k+1/2} - w^k||^2.
/// The prox steps, z* and Young's inequality on 2 gamma <G, z^{k+1/2} - z^{k+1}> give
///
///     E||z^{k+1} - z*||^2 <= tau ||z^k - z*||^2 + p ||w^k - z*||^2 - tau r_z - (p - (gamma C)^2) r_w
///                            - gamma (2 mu + mu_g) ||z^{k+1/2} - z*||^2.
///
/// Adding E||w^{k+1} - z*||^2, the function V = ||z - z*||^2 + ||w - z*||^2 (refresh=next: tau ||z - z*||^2 +
/// ||w - z*||^2) shrinks by the three last terms for every gamma < sqrt(p) / C: the iterates converge, whatever mu and
/// g. Since m1 ||u - x||^2 + a ||u - y||^2 >= m1 a / (m1 + a) ||x - y||^2,
///
///     E V_{k+1} <= (1 - s) V_k,   s the largest with  s W a / (a - s W) + s c / (c - s) <= gamma (2 mu + mu_g),
///     a = tau, c = p - (gamma C)^2, W = 1 (refresh=next: W = tau).
///
/// Announced snapshots (Snapshot), E||C(x) - x||^2 <= eps ||x||^2 for the compressor of the workers, E||C(x)||^2 <= k_c
/// ||x||^2, rho = sqrt(eps) < 1, R = rho/(1-rho), and eps', rho', R' for that of the server: A = mean ||a_m||^2 and S =
/// ||e||^2 change at refreshes only, by Young's inequality to
///
///     A <- at most rho A + rho R L_ms^2 ||w^{k+1} - w^k||^2,   S <- at most rho' S + rho' R' k_c mean ||a_m + dF_m||^2,
///
/// and to 0 where an announcement is exact. With the best weights of A and S in the Lyapunov function they cost
/// together gamma^2 (1 + 1/t) B^2 ||w^+ - w||^2 if w moves, where B = sqrt(q_serv) L_ms (R m + R' sqrt(k_c) (1 + R)),
/// m^2 = C^2 / q_serv at L = L_ms = 1 without sampled components, and (1 + t) C^2 stands for C^2, as the root mean square
/// over all draws of mean_m Q_m(D_m + a_m) + e is a seminorm of (D, a, e); B / (1 - s / (p (1 - rho))) for B where the
/// function shall shrink by 1 - s, rho the larger of the two. As ||z - w||^2 <= r_w /
/// tau + r_z / p, respectively ||z^+ - w||^2 <= (1+y) r_w + (1+1/y) ||z^+ - z^{k+1/2}||^2 of which Young has left v,
///
///     refresh=zk:    gamma < sqrt(p) / (C + B / sqrt(tau)),
///                    a = tau - h / p, c = p - (1+t) (gamma C)^2 - h / tau,       h = (1 + 1/t) (gamma B)^2
///     refresh=next:  gamma < max_v sqrt((1-v) p) / (C + B sqrt(1 + p/v)),
///                    a = tau, c = p - (1+t) (gamma C)^2 / (1-v) - h v / (v-h),   h = (1 + 1/t) (gamma B)^2 / (1-v)
///
/// with the best t and v.
struct Masha1Theory {
  double C = 0;                 ///< C_q
  double B = 0;                 ///< of announced snapshots; 0 if they are exact
  double rho = 0;               ///< sqrt(eps), likewise
  double probability = 0.5;     ///< p
  bool to_next = false;         ///< refresh=next
  double mu = 0;                ///< of F
  double strong_convexity = 0;  ///< mu_g

  /// Steps below this are proved. With refresh=next and announced snapshots it is a little less than the formulas
  /// allow.
  [[nodiscard]] double limit() const;
  /// False where snapshots are announced, refresh=zk and tau = 0: nothing is proved then
  [[nodiscard]] bool holds() const { return B == 0 || to_next || probability < 1; }
  /// s, the decay of the Lyapunov function in an iteration; 0 if nothing is proved
  [[nodiscard]] double decay(double gamma) const;
  /// The automatic step: of the hundredths of the limit the one with the largest decay; 0.99 where there is none
  [[nodiscard]] StepRule step() const;

  /// Sets B and rho. announced: the compressors of the announcements; root: sqrt(q_serv); m: of the formula of B
  void announce(const ChannelTheory& announced, double root, double m, double L_ms);

 private:
  [[nodiscard]] bool shrinks(double gamma, double s) const;
};

/// The theorem for a step that does not change: geometric decay of the distance, and of the residual. Where snapshots
/// are announced by a compressor the constant is made of more than D, and not said.
[[nodiscard]] std::vector<Rate> masha1_rates(const Masha1Theory& theory, const StepSize& step,
                                             const MethodContext& context);

}  // namespace vireo::methods
