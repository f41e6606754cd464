#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// Extra anchored gradient (Yoon, Ryu, "Accelerated algorithms for smooth convex-concave minimax problems with O(1/k^2)
/// rate on squared gradient norm", ICML 2021): extragradient pulled towards its starting point,
///
///     zbar      = z^0 / (k+2) + (k+1)/(k+2) z^k
///     z^{k+1/2} = prox_{alpha_k g}( zbar - alpha_k F(z^k) )
///     z^{k+1}   = prox_{alpha_k g}( zbar - alpha_k F(z^{k+1/2}) )
///
/// For monotone, L-Lipschitz F, without g, at the last iterate, D = ||z^0 - z*||:
///     variant C: alpha_k = alpha = 1/(8L):                                     ||F(z^k)||^2 <= 260 L^2 D^2 / (k+1)^2
///     variant V: alpha_0 = 0.618/L (any below 3/(4L)), alpha_{k+1} =
///                alpha_k / (1 - alpha_k^2 L^2) (1 - (k+2)^2 alpha_k^2 L^2 / ((k+1)(k+3))):
///                                                                              ||F(z^k)||^2 <= 27 L^2 D^2 / (k+1)^2
/// With g, C has the residual O(1/k) (Cai, Oikonomou, Zheng, "Accelerated algorithms for monotone inclusions and
/// constrained nonconvex-nonconcave min-max optimization", 2022); V is not covered. Per iteration: 2 evaluations of F.
class ExtraAnchoredGradient final : public DeterministicMethod {
 public:
  /// C: constant step; V: decreasing ones.
  enum class Variant : std::uint8_t { C, V };

  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known; for variant V also if
  /// there is a g, or if the first step is not below 3/(4L)
  ExtraAnchoredGradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Variant variant_;
  double L_ = 0;      ///< of variant V
  double alpha_ = 0;  ///< alpha_k
  Vector z0_;
  Vector zbar_, half_, F_half_;
};

}  // namespace vireo
