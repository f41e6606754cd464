#pragma once

namespace vireo::methods {

/// What is proved of optimistic-masha, and of svogs, whose proof is the same with other constants: the conditions on
/// eta under which their Lyapunov functions shrink by alpha in each iteration (the proof is in optimistic_masha.cpp),
///
///     2 f r eta^2 N^2 (1 + zeta) <= alpha p,
///     2 eta L + 2 f r eta^2 N^2 (1 + 1/zeta) <= room - p - inexact r eta mu,       for some zeta > 0,
///     alpha = 1 - min( c eta mu / (3 + c eta mu), p / 2 ),       r = 1 / (1 - eta lacking).
struct OptimisticTheory {
  double L = 0;            ///< of the operator that is extrapolated: F, or F - F_1
  double N = 0;            ///< of the noise
  double probability = 0;  ///< p
  double mu = 0;           ///< of F + dg
  double c = 2;            ///< what is left of 2 eta mu
  double f = 1;            ///< factor of the noise
  double room = 1;
  double inexact = 0;
  double lacking = 0;  ///< the operator whose resolvent is taken is monotone up to -lacking

  /// alpha
  [[nodiscard]] double alpha(double eta) const;
  /// Whether the conditions hold
  [[nodiscard]] bool proves(double eta) const;
  /// The largest eta for which they hold; infinite if there is no largest one
  [[nodiscard]] double step() const;
};

}  // namespace vireo::methods
