#pragma once

#include <string>

#include "vireo/core/state.hpp"

namespace vireo::methods {

/// A step that follows what all ranks see of the inequality which the theorem of a snapshot method rests on,
///
///     E V_{k+1} <= V_k - available_k + E spent_k,       V = ||z - z*||^2 + ||w - z*||^2 (or with tau for refresh=next)
///     available = tau ||z^{k+1/2} - z^k||^2 + p ||z^{k+1/2} - w^k||^2
///     spent     = 2 gamma <G, z^{k+1/2} - z^{k+1}> - ||z^{k+1/2} - z^{k+1}||^2    (gamma^2 ||G||^2 if g = 0),
///
/// which holds for monotone F, any g, any gamma that was fixed before the draws of iteration k, and any G without bias:
/// neither V nor the inequality knows of gamma, which may therefore change. Both sums are functions of z, w, z^{k+1/2}
/// and G, so that no message and no constant is needed:
///
///     gamma_{k+1} = gamma_k min( 1.01, max( 0.7, sqrt(0.9 / U_k) ) ),
///     U_k = the mean of spent_i / available_i over i <= k, with weights 0.9^{k-i},
///
/// within the floor and the ceiling. The ceiling is a multiple of the first step (2^10); it comes down to nine tenths of
/// the step, for good, where
///
///     sum_k (spent_k - 0.95 available_k) since it last came down exceeds 10/p (gamma_k / gamma_0)^2 available_0.
///
/// Convergence. The floor is the theorem's step, where the constants that it is made of are certain. If the ceiling
/// comes down without end, it reaches the floor; then gamma does not change any more, and the theorem's convergence is
/// that of the run. Or it comes down finitely often, and from the last time on the sums stay below a number b. Then
/// V_k + sum_{i<k} (0.95 available_i - spent_i) + b is a nonnegative supermartingale (but for one last spent, whose mean
/// is a multiple of the V before it at most) that loses 0.05 available_k in the mean of each iteration: it converges, and
/// sum available_k is finite, almost surely. As spent is not negative (the prox is firmly nonexpansive) and sum spent <=
/// b + sum available, V_k converges too, for every z*; z^{k+1/2} - z^k and z^{k+1/2} - w^k tend to 0 while gamma_k stays above the floor, so that limit points are
/// solutions: the iterates converge to one of them almost surely (Robbins, Siegmund; Opial). How fast is not said: a
/// rate is the theorem's, for its own step.
/// With a snapshot that is announced by a compressor nothing changes, since v + G is without bias there too, and what
/// announcements owe is part of the G that was seen.
/// Where a constant is estimated there is no floor, and nothing is proved.
class AdaptiveStep {
 public:
  /// first: gamma_0; floor: the step does not fall below it; probability: p; most_growth: the ceiling over gamma_0
  AdaptiveStep(double first, double floor, double probability, double most_growth = 1024);

  /// gamma of the next iteration
  [[nodiscard]] double value() const { return gamma_; }
  /// "; adaptive: ...", for the heading
  [[nodiscard]] std::string text() const;
  /// After an iteration with value(), of which these were spent and available. What is not finite is passed over: the
  /// run is about to end.
  void heed(double spent, double available);

  /// gamma, the ceiling, the sums and available_0
  void list_state(StateList& state);

 private:
  double first_;
  double floor_;
  double probability_;
  double gamma_;
  double ceiling_;
  double balance_ = 0;    ///< sum (spent - 0.95 available)
  double quotients_ = 0;  ///< sum of 0.9^{k-i} spent_i / available_i
  double weights_ = 0;    ///< sum of 0.9^{k-i}
  double available_at_first_ = 0;
};

}  // namespace vireo::methods
