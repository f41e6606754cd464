#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// Fast extragradient (Lee, Kim, "Fast extra gradient methods for smooth structured nonconvex-nonconcave minimax
/// problems", NeurIPS 2021), with g as in composite FEG (Cai, Oikonomou, Zheng, "Accelerated algorithms for constrained
/// nonconvex-nonconcave min-max optimization and comonotone inclusion", ICML 2024): with beta = 1/(k+1),
///
///     zbar      = beta z^0 + (1-beta) z^k
///     z^{k+1/2} = zbar - (1-beta) (gamma + 2 rho) H^k,                               H^k = F(z^k) + c^k
///     z^{k+1}   = prox_{gamma g}( zbar - gamma F(z^{k+1/2}) - (1-beta) 2 rho H^k )
///     c^{k+1}   = ( the argument of the prox - z^{k+1} ) / gamma   in dg(z^{k+1}),    c^0 = 0.
///
/// F is L-Lipschitz and F + dg rho-comonotone, <u-v, x-y> >= rho ||u-v||^2 for u, v in its values at x, y; rho = 0 is
/// monotone, and any rho > -1/(2L) will do. With gamma = auto = 1/L and D = ||z^0 - z*||, at the last iterate,
///
///     ||H^k||^2 <= 4 D^2 / ( (1/L + 2 rho)^2 k^2 ):
///
/// a rate that no first-order method can better. (The proof for g = 0 uses F(z^{k+1/2}) through ||F(z^{k+1/2}) -
/// F(z^{k+1})|| <= L ||z^{k+1/2} - z^{k+1}|| alone; adding c^{k+1} to both keeps it.)
/// z^{k+1/2} may lie outside the domain of g: F must be defined and L-Lipschitz there. Per iteration: 2 evaluations of
/// F and 1 prox.
class FastExtragradient final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known; and if rho <= -gamma/2
  FastExtragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void allocate();

  double rho_;
  Vector z0_;
  Vector c_;  ///< c^k, empty if g = 0
  Vector zbar_, H_, half_, F_half_;
};

}  // namespace vireo
