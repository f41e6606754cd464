#pragma once

#include <string>
#include <vector>

#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// What is proved of optimistic and forb where g = 0. Both are then, from another start,
///
///     z^{k+1} = z^k - gamma ( 2 F(z^k) - F(z^{k-1}) ),
///
/// and converge for monotone, L-Lipschitz F and gamma <= 0.54/L: longer steps than the 1/(2L) that is the limit of the
/// proofs with g, and nearly the 1/(sqrt(3) L) at which rotations diverge.
///
/// With f_k = gamma F(z^k), w^k = z^k + f_{k-1} and
///
///     V_k = ||w^k - z*||^2 + P(f_{k-1}, f_{k-2}, f_{k-3}),
///     P(a, b, c) = 0.15 ||a||^2 - 0.36 <a,b> + 1.08 ||b||^2 - 1.3 <b,c> + 0.5 ||c||^2
///
/// with 0 <= P <= 1.52 (||a||^2 + ||b||^2 + ||c||^2)
///
/// as a test finds from its eigenvalues, from k = 2 on
///
///     V_{k+1} <= V_k - 2 <f_k, z^k - z*> - 0.03 ( ||f_k||^2 + ||f_{k-1}||^2 + ||f_{k-2}||^2 + ||f_{k-3}||^2 ).
///
/// Proof: w^{k+1} = w^k - f_k and z^k = w^k - f_{k-1}, so that
///     ||w^{k+1} - z*||^2 = ||w^k - z*||^2 - 2 <f_k, z^k - z*> + ||f_k - f_{k-1}||^2 - ||f_{k-1}||^2,
/// and z^k - z^{k-1} = -(2 f_{k-1} - f_{k-2}), so that
///     (gamma L)^2 ||2 f_{k-1} - f_{k-2}||^2 - ||f_k - f_{k-1}||^2 >= 0.
/// 1.18 times the latter and 1.16 times the same for k-1 make of what is to be shown a quadratic form in four vectors,
/// which is negative semidefinite at gamma L = 0.54 (a test computes its eigenvalues), hence at any shorter step.
/// So f_k -> 0 and V_k converges for every z*, from which the convergence of z^k follows as always (Opial).
///
/// Rate for mu-strongly monotone F, m = 2 gamma mu: V_{k+1} <= (1 - r) V_k, where r is the smaller root of
///
///     r m / (m - r) + 1.52 r = 0.03,
///
/// because <f_k, z^k - z*> >= gamma mu ||z^k - z*||^2 and ||w^k - z*||^2 <= (1 + h) ||z^k - z*||^2 + (1 + 1/h)
/// ||f_{k-1}||^2 with h = m/r - 1. With V_2 <= C^2 D^2, q^2 = 1 - r and t = gamma L < q,
///
///     ||z^k - z*|| <= C q^k D / (q (q - t)),
///
/// because ||z^k - z*|| <= ||w^k - z*|| + t ||z^{k-1} - z*||, and z^0 and z^1 are under that bound as well.
struct PastGradient {
  static constexpr double longest = 0.54;       ///< of gamma L
  static constexpr double left = 0.03;          ///< of ||f_k||^2 and the three before
  static constexpr double largest_of_P = 1.52;  ///< eigenvalue
  /// of (1,1), (1,2), (2,2), (2,3), (3,3)
  static constexpr double P[] = {0.15, -0.18, 1.08, -0.65, 0.5};
  static constexpr double multipliers[] = {1.18, 1.16};

  /// r
  [[nodiscard]] static double decay(double m);
  /// C^2 where the past of z^0 is F(z^{-1}) = 0 (optimistic): 1 + 4 t^4 + 1.52 t^2 (2 + 4 t^2)
  [[nodiscard]] static double from_nothing(double t);
  /// C^2 where it is F(z^{-1}) = F(z^0) (forb): 1 + 1.52 t^2 (3 + t^2)
  [[nodiscard]] static double from_itself(double t);
};

/// A decay of the distance, constant * D * factor^k
struct Decay {
  double constant = 0;
  double factor = 1;
  std::string theorem;
};

/// That of PastGradient for t = gamma L; factor 1 beyond its steps
[[nodiscard]] Decay past_gradient_decay(double t, double m, double C_squared);

/// The rates of the faster of two decays
[[nodiscard]] std::vector<Rate> faster_of(const Decay& one, const Decay& other, const MethodContext& context);

/// gamma L of optimistic and forb by default: 0.54 where g = 0, else 0.99/2
[[nodiscard]] double single_call_step(const Regularizer& g);
[[nodiscard]] std::string single_call_formula(const Regularizer& g);

}  // namespace vireo::methods
