#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {

/// The adaptive golden ratio algorithm (Malitsky, "Golden ratio algorithms for variational inequalities", Mathematical
/// Programming 184, 2020, Algorithm 1), whose steps follow the Lipschitz constant that F has where it is evaluated.
/// With phi in (1, (1 + sqrt 5)/2] and r = 1/phi + 1/phi^2,
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
/// and z^{-1} = z^0. With an L-Lipschitz F no step is below the smaller of the first steps and phi^2 / (4 L^2
/// lambda_max) (Lemma 2). Per iteration: 1 evaluation of F and 1 prox. F is evaluated in the domain of g only.
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

  double phi_;
  double first_step_;  ///< 0: from a probe
  double largest_step_;

  double lambda_ = 0;
  double theta_ = 1;
  double inverse_curvature_ = 0;
  Vector zbar_;
  Vector previous_, F_previous_;  ///< z^{k-1} and F(z^{k-1})
};

}  // namespace vireo::methods
