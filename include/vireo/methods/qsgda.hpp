#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Quantised gradient descent-ascent, QSGDA (Beznosikov, Gorbunov, Berard, Loizou, "Stochastic gradient descent-ascent:
/// unified theory and new efficient methods", AISTATS 2023, arXiv 2202.07262):
///
///     z^{k+1} = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^k) ) ) )
///
/// For ell-cocoercive F and unbiased compressors, with v the variance that they add to the mean of the F_m
/// (independent draws: v = (q - 1) ell_tilde / M; ell_tilde: see src/methods/cocoercive.hpp),
///     gamma = 1 / (ell + 2 v):    E||z^K - z*||^2 <= (1 - gamma mu)^K ||z^0 - z*||^2 + gamma sigma^2 / mu,
/// where sigma^2 is twice the variance of the compressed F_m(z*): a noise floor, unless F_m(z*) = 0 for all workers.
/// Proof: with g the estimate, ||z^{k+1} - z*||^2 <= ||z^k - z* - gamma (g - F(z*))||^2, and E||g - F(z*)||^2 <= (ell +
/// 2 v) <F(z^k) - F(z*), z^k - z*> + sigma^2.
///
/// On bilinear saddle points with a regulariser ell is about L^2/mu, so that this costs kappa^2 log(1/eps) iterations
/// where extragradient costs kappa.
/// Per iteration: 1 evaluation of F, 1 compressed exchange.
class QuantizedDescentAscent final : public Method {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs a cocoercivity that is not known
  QuantizedDescentAscent(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// none: F is never known exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_;
  std::int64_t k_ = 0;
  Vector z_;
};

}  // namespace vireo
