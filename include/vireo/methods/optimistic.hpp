#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// The optimistic gradient method, or extragradient from the past (Popov, "A modification of the Arrow-Hurwicz method
/// for search of saddle points", Mathematical Notes 28, 1980): extragradient whose first step reuses the previous
/// iteration's evaluation,
///
///     w^{k+1} = prox_{gamma g}( w^k     - gamma F(z^k) )
///     z^{k+1} = prox_{gamma g}( w^{k+1} - gamma F(z^k) ),      w^0 = z^0.
///
/// Without g: z^{k+1} = z^k - gamma (2 F(z^k) - F(z^{k-1})). Converges for monotone, L-Lipschitz F and gamma < 1/(2L);
/// linearly if F is strongly monotone. gamma = auto is 0.99 / (2L). Per iteration: 1 evaluation of F.
///
/// Why 1/(2L): both prox steps have the centre w^k, so with a_k = ||w^k - z^k||, b_k = ||z^k - w^{k+1}|| and c_k =
/// ||z^k - z^{k-1}|| <= a_k + b_{k-1}
///     ||w^{k+1} - z*||^2 <= ||w^k - z*||^2 - a_k^2 - b_k^2 + 2 gamma L b_k c_k   and   b_k <= gamma L c_k,
/// hence ||w^{k+1} - z*||^2 + b_k^2 <= ||w^k - z*||^2 - a_k^2 + 4 (gamma L)^2 (a_k^2 + b_{k-1}^2).
///
/// Rate, D = ||z^0 - z*||, mu and mu_g the strong monotonicity of F and the strong convexity of g: with t = gamma L, m
/// = gamma (2 mu + mu_g), c = 1 - 4 t^2 and q^2 = (1 - c m/(c+m)) / (1 + gamma mu_g), if q > t,
///     ||z^k - z*|| <= C q^k D / (q - t),   C^2 = 1 + 2 t^2 if g = 0,  else 1 + t^2 + (1 + sqrt(1 + t^2))^2.
/// Proof: strong monotonicity takes m ||z^k - z*||^2 from the right-hand side of the last line, and g multiplies its
/// left-hand side by 1 + gamma mu_g; c a_k^2 + m ||z^k - z*||^2 is at least cm/(c+m) ||w^k - z*||^2, so that V_k =
/// ||w^k - z*||^2 + b_{k-1}^2 shrinks by q^2 from V_1 <= C^2 D^2 on; and ||z^k - z*|| <= ||w^k - z*|| + t ||z^{k-1} -
/// z*||, since the prox is nonexpansive.
class Optimistic final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known
  Optimistic(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Vector w_;
};

}  // namespace vireo
