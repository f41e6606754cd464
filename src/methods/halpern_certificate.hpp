#pragma once

#include <cstdint>

namespace vireo::methods {

/// When a Halpern iteration with a recursive estimate of F evaluates F itself: at u_j, j counted from the last restart,
/// with probability p_0 = p_1 = 1, p_j = max( 4/(j+4), floor ) (Cai, Alacaoglu, Diakonikolas, ICLR 2024, Algorithm 1,
/// where the floor is 4/(sqrt n + 5)).
struct RefreshLaw {
  double floor = 1;
  [[nodiscard]] double operator()(std::int64_t j) const;
};

/// g = 0, or a prox outside of the anchor, u_{k+1} = J( lambda u_0 + (1 - lambda) u_k - eta F~ )
enum class HalpernForm : std::uint8_t { plain, prox };

/// The largest eta ell for which a Lyapunov certificate of the iteration
///
///     u_{k+1} = J_{eta g}( lambda_k u_0 + (1 - lambda_k) u_k - eta F~_k ),     lambda_k = 2/(k+4)
///     F~_k    = F(u_k) with probability p_k, else F~_{k-1} + an unbiased estimate of F(u_k) - F(u_{k-1})
///
/// closes. With Delta_k the mean square of the components' differences, e_k = F~_k - F(u_k), H_k = F(u_k) + g_k, g_k in
/// dg(u_k), B_k = (k+2)(k+3) and F (1/ell)-cocoercive on average,
///
///     E||e_{k+1}||^2 <= (1 - p_{k+1}) ( E||e_k||^2 + rho E Delta_k ),
///     plain:  C_k = (eta/4) (k+2)(k+3)^2 ||F(u_k)||^2       + B_k <F(u_k), u_k - u_0>
///     prox:   C_k = (eta/4) (k+2)(k+3)(k+4) ||H_k||^2       + B_k <H_k, u_k - u_0>
///
/// and what the errors add to C_{k+1} - C_k is paid for by -B_k Delta_k / (ell lambda_k): weights W_k of E||e_k||^2
/// with which C_k + W_k E||e_k||^2 never grows are found backwards from k = K, one recursion for each way s of
/// splitting dF and e_k, and eta is the best over s. Then E||H_k|| <= 4 ||u_0 - u*|| / (eta (k+3)) + O(k^{-3/2}).
///
/// rho: variance of the estimate over Delta_k (1/b for b sampled components, omega/M for M compressed messages).
/// The recursion runs over the K = 40/floor + 200 first iterations, after which W_k / k^3 has long settled.
[[nodiscard]] double cert_eta(HalpernForm form, double rho, const RefreshLaw& probability);

}  // namespace vireo::methods
