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
/// which holds for monotone F, any g, any gamma that was fixed before the draws of iteration k, and any G without
/// bias: neither V nor the inequality knows of gamma, which may therefore change. Both sums are functions of z, w,
/// z^{k+1/2} and G, so that no message and no constant is needed:
///
///     gamma_{k+1} = min( 1.02 gamma_k, sqrt(0.65 / c_k) ),      r = 1 - p/8,
///     c_k = sum_i r^{k-i} spent_i / gamma_i^2  over  sum_i r^{k-i} available_i,
///
/// within the floor and the ceiling. Where the inequality is tight, V falls by available - spent, which grow like
/// gamma^2 and gamma^4: fastest where half is spent, while slow modes ask for more. The quotient is remembered for
/// eight refreshes, as it is another one when the snapshot is new than when it is old, and a step that follows it from
/// one to the other converges more slowly. The ceiling is 2^10 times the first step and comes down for
/// good: with T the iteration after which it last did so, and b_k = (10/p) (gamma_k / gamma_T)^2 available_T,
///
///     to nine tenths of the step, where the sum of spent_i - 0.98 available_i over T <= i <= k exceeds b_k,
///     to seven tenths of itself,  where available_k exceeds b_k, before which the sum ends,
///
/// the sum being kept above -b_k.
///
/// Convergence. The floor is the theorem's step, where that is proved with constants that are certain. The ceiling
/// comes down 66 times at most until it is below the first step, and a few times more until it is below the floor; then
/// gamma does not change any more, and the theorem's convergence is that of the run. Otherwise consider the iterations
/// from T on, and let b be the largest that b_k can be, which is known when iteration T begins. As long as the ceiling
/// does not come down again, available_k and the sum stay below b. The spent that takes the sum above b is at most a
/// multiple of the available before it, hence of b, if compressors are bounded, ||Q(x)|| <= K ||x||, and the F_m Lipschitz. So V_k + sum_{T <= i < k} (0.98
/// available_i - spent_i), stopped when the ceiling comes down, is a supermartingale that is bounded from below and
/// loses 0.02 available_k in the mean of each iteration. Almost surely, if the ceiling does not come down again, sum
/// available_k is finite, with it sum spent_k, as spent is not negative (the prox is firmly nonexpansive), and V_k
/// converges, for every z*. Then z^{k+1/2} - w^k, z^{k+1} - z^{k+1/2} and, unless tau = 0, z^{k+1/2} - z^k tend to 0,
/// with gamma between two positive numbers: limit points are solutions, and the iterates converge to one of them
/// (Robbins, Siegmund; Opial); for tau = 0 and refresh=zk those of even and those of odd k do, each by themselves. How
/// fast is not said: a rate is the theorem's, for its own step.
///
/// Announced snapshots. Given what was drawn before iteration k, E(v + G) = F(z^{k+1/2}) for any announcer, so that
/// the inequality is the same; what announcements still owe is in the G that is seen. That spent which takes the sum
/// above b is now a multiple of available + A + S, with A and S of masha1_theory.hpp. Its mean is finite if E||C(x) -
/// x||^4 <= eps ||x||^4, eps < 1, which follows from the second moment where C(x) is never farther from x than 0 is:
/// until then w moves by a multiple of b at most, in squares, so that E max (A + S) <= (E sum (A + S)^2)^{1/2} is a
/// multiple of (b E sum (available + spent))^{1/2} and a constant, and sum spent one of sum available but for this
/// last one: its mean is a multiple of its own root and a constant. Announcements in between that are exact make A and S
/// 0, and nothing above longer. Where sum available is finite, so is the sum of
/// the squares of the moves of w, A and S tend to 0, v to F(w), and limit points are solutions as before.
///
/// Where a constant is estimated there is no floor, and nothing is proved.
class AdaptiveStep {
 public:
  /// first: gamma_0; floor: the step does not fall below it; probability: p; most_growth: the ceiling over gamma_0
  AdaptiveStep(double first, double floor, double probability, double most_growth = 1024);

  /// gamma of the next iteration
  [[nodiscard]] double value() const { return gamma_; }
  /// "; adaptive: ...", for the heading. doubt: why nothing is proved, "L is estimated"; empty: it is
  [[nodiscard]] static std::string text(const std::string& doubt);
  /// After an iteration with value(), of which these were spent and available. What is not finite is passed over: the
  /// run is about to end.
  void heed(double spent, double available);

  /// The step, its bounds and the sums
  void list_state(StateList& state);

 private:
  void watch(double spent, double available, double grown);
  void lower_ceiling(double to);

  double first_;
  double floor_;
  double probability_;
  double gamma_;
  double ceiling_;
  double of_scale_ = 0;   ///< available_T (gamma_0 / gamma_T)^2; 0 until it is known
  double balance_ = 0;    ///< sum (spent - 0.98 available) since T
  double spent_ = 0;      ///< sum of r^{k-i} spent_i (gamma_0 / gamma_i)^2
  double available_ = 0;  ///< sum of r^{k-i} available_i
};

}  // namespace vireo::methods
