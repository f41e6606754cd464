#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// Extragradient (Korpelevich, "The extragradient method for finding saddle points and other problems", 1976):
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/L; linearly if F is strongly monotone. gamma = auto is
/// 1/(sqrt(2) L), where a rotation (the hardest monotone operator) contracts fastest. Per iteration: 2 evaluations of
/// F, 2 uncompressed exchanges.
///
/// Rates, D = ||z^0 - z*||, mu and mu_g the strong monotonicity of F and the strong convexity of g:
///     ||z^k - z*|| <= q^k D,   q^2 = (1 - a b/(a+b)) / (1 + gamma mu_g),   a = gamma (2 mu + mu_g), b = 1 - (gamma
///     L)^2 g = 0, gamma <= 1/(sqrt(2) L):  ||F(z^k)|| <= D / ( gamma sqrt(b) sqrt(k+1) )      (Gorbunov, Loizou,
///     Gidel,
///                "Extragradient method: O(1/K) last-iterate convergence for monotone variational inequalities and
///                connections with cocoercivity", AISTATS 2022)
///     else:      dist(0, F(z^k) + dg(z^k)) <= (1 + gamma L + (gamma L)^2) D / ( gamma sqrt(b) sqrt(k) )      (Cai,
///                Oikonomou, Zheng, "Finite-time last-iterate convergence for learning in multi-player games", NeurIPS
///                2022: it does not grow)
/// Proof of the first: the inequalities of the two prox steps and of z* add up to
///     (1 + gamma mu_g) ||z^{k+1} - z*||^2 <= ||z^k - z*||^2 - b ||z^k - z^{k+1/2}||^2 - a ||z^{k+1/2} - z*||^2,
/// and the last two terms are at most -ab/(a+b) ||z^k - z*||^2. The others: b ||z^k - z^{k+1/2}||^2 sums to D^2, and
/// with g the residual at z^{k+1} is at most (1 + gamma L + (gamma L)^2)/gamma times ||z^k - z^{k+1/2}||.
class Extragradient final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known
  Extragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void restore() override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Vector half_, F_half_;
};

}  // namespace vireo
