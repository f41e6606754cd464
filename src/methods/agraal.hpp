#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {

/// The adaptive golden ratio algorithm (Malitsky, "Golden ratio algorithms for variational inequalities", Mathematical
/// Programming 184, 2020, Algorithm 1), whose steps follow the Lipschitz constant that F has where it is evaluated. It
/// has no largest step any more (Alacaoglu, Boehm, Malitsky, "Beyond the golden ratio for variational inequality
/// algorithms", Journal of Machine Learning Research 24, 2023): lambda_max is infinite unless the user gives it. With
/// phi in (1, (1 + sqrt 5)/2] and r = 1/phi + 1/phi^2,
///
///     1  lambda_k = min{ r lambda_{k-1},
///                        phi theta_{k-1} / (4 lambda_{k-1}) ||z^k - z^{k-1}||^2 / ||F(z^k) - F(z^{k-1})||^2,
///                        lambda_max }                                                     (0/0 is infinity)
///     2  zbar^k   = ( (phi-1) z^k + zbar^{k-1} ) / phi
///     3  z^{k+1}  = prox_{lambda_k g}( zbar^k - lambda_k F(z^k) )
///     4  theta_k  = phi lambda_k / lambda_{k-1},            zbar^{-1} = z^0, theta_{-1} = 1.
///
/// (k counts from 0 where the paper counts from 1: its z^1 is our z^0.) Converges for monotone, locally Lipschitz F,
/// linearly where an error bound holds, as on strongly monotone problems. No constant is needed: first_step=auto
/// evaluates F once more, at the probe z^{-1} = prox_{d g}( z^0 - d F(z^0) ), which is about 1e-6 (1 +
/// ||z^0||) away, and takes lambda_{-1} = ||z^0 - z^{-1}|| / ||F(z^0) - F(z^{-1})||; a given first_step is lambda_{-1},
/// and z^{-1} = z^0. Per iteration: 1 evaluation of F and 1 prox. F is evaluated in the domain of g only.
///
/// Where z^k = z^{k-1}, the second term of the minimum says nothing, and the step grows. It is kept as soon as F(z^k) =
/// 0 or lambda_k ||F(z^k)|| > 1 + ||z^k||: at a solution it would grow until it overflows. (With a given lambda_max it
/// grows up to that, as in the paper.)
///
/// Why it converges without lambda_max. For all z, with psi_k = <F(z), z^k - z> + g(z^k) - g(z) (Malitsky's proof),
///     phi/(phi-1) ||zbar^{k+1} - z||^2 + theta_k/2 ||z^{k+1} - z^k||^2 + 2 lambda_k psi_k
///         <= phi/(phi-1) ||zbar^k - z||^2 + theta_{k-1}/2 ||z^k - z^{k-1}||^2 - theta_k ||z^k - zbar^k||^2,
/// for which lambda_max is not needed. With z = z* the iterates are bounded, so that F has a constant L on their hull,
/// and theta_k ||z^k - zbar^k||^2 sums up. Let x_k = 2 L lambda_k / phi. Where the first term of the minimum is not the
/// least, x_k x_{k-2} >= 1; else x_k = r x_{k-1}; and x_k <= r x_{k-1} always.
///
/// The iterates converge to a solution. Let delta = r^-5. Infinitely many k have x_k, x_{k+1} / x_k and x_k / x_{k-1}
/// all >= delta: if x_k >= delta from some k on, without such k there would be a fall by delta in any two steps, and
/// growth by r^2 at most, so that x_k -> 0. Else x_k < delta infinitely often, and x_k >= 1 as well (below 1 all steps
/// grow, where z^k moves). On its way from delta to 1, which takes 5 steps at least, x_k stays within [delta, 1), and
/// all k but the ends are such. For these k, theta_k and theta_{k+1} >= phi delta, so that z^k - zbar^k, z^{k+1} -
/// zbar^k = phi (z^{k+1} - zbar^{k+1}) and z^{k+1} - z^k vanish, and so does (z^{k+1} - zbar^k) / lambda_k: a limit
/// point z' has 0 in F(z') + dg(z'). For z = z' the left-hand side above vanishes along them, hence altogether.
///
/// The mean of the z^k with weights lambda_k has a gap of order 1/K: the gap is at most a constant over the sum of the
/// lambda_k, and from the first k where the second term is the least, in all iterations in which z^k moves,
///     sum_{k<=K} lambda_k >= phi sqrt( (r-1)/8 ) K / L.
/// From such an index j to before the next one are n steps, x_j (r^n - 1)/(r-1) in sum. If x_j >= 1 they are at least n.
/// Else x_{j-2} >= 1/x_j, and with it they are at least 2 sqrt( (r^n - 1)/(r-1) ) >= n sqrt( 2 (r-1) ); each x_{j-2} is
/// counted twice at most. (With lambda_max = 1e6, as before, the sum was of order K / (L^2 lambda_max) at worst.)
class GoldenRatio final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses
  GoldenRatio(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

  /// lambda_{k-1}, the step of the latest iteration
  [[nodiscard]] double step() const { return lambda_; }
  /// theta_{k-1}
  [[nodiscard]] double theta() const { return theta_; }
  /// ||z^k - z^{k-1}||^2 / ||F(z^k) - F(z^{k-1})||^2, the square of one over the local Lipschitz constant
  [[nodiscard]] double inverse_curvature() const { return inverse_curvature_; }

 private:
  void probe();
  void measure();
  /// Whether a step that moved nothing would have moved z^k far, if F had its say
  [[nodiscard]] bool is_long() const;

  double phi_;
  double first_step_;    ///< 0: from a probe
  double largest_step_;  ///< infinite: there is none

  double lambda_ = 0;
  double theta_ = 1;
  double inverse_curvature_ = 0;
  Vector zbar_;
  Vector previous_, F_previous_;  ///< z^{k-1} and F(z^{k-1})
};

}  // namespace vireo::methods
