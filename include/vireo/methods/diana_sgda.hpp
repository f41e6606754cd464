#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// DIANA-SGDA (Beznosikov, Gorbunov, Berard, Loizou, "Stochastic gradient descent-ascent: unified theory and new
/// efficient methods", AISTATS 2023, arXiv 2202.07262): each worker learns its F_m(z*) as h_m and compresses the
/// difference, so that the noise dies out.
///
///     d_m     = Q_m( F_m(z^k) - h_m^k )
///     z^{k+1} = prox_{gamma g}( z^k - gamma ( h^k + (1/M) sum_m d_m ) )
///     h_m^{k+1} = h_m^k + alpha d_m,   h^{k+1} = h^k + (alpha/M) sum_m d_m,      h_m^0 = h^0 = 0
///
/// For ell-cocoercive F, unbiased Q_m and alpha <= 1/q, with v the variance that compression adds to the mean
/// (independent draws: v = (q - 1) ell_tilde / M; ell_tilde: see src/methods/cocoercive.hpp),
///     gamma = 1 / (ell + 6 v):    E Psi_K <= (1 - min(gamma mu, alpha/2))^K Psi_0,
///     Psi_k = ||z^k - z*||^2 + (4 v' / alpha) gamma^2 H_k,
///     v' = v / ell_tilde,   H_k = (1/M) sum_m ||h_m^k - F_m(z*)||^2
/// Proof: with g the estimate of F(z^k) and D = <F(z^k) - F(z*), z^k - z*>,
///     E||g - F(z*)||^2 <= (ell + 2 v) D + 2 v' H_k   and   E H_{k+1} <= (1 - alpha) H_k + alpha ell_tilde D.
///
/// On bilinear saddle points with a regulariser ell is about L^2/mu: this costs kappa^2 log(1/eps) iterations, and
/// MASHA1 kappa.
///
/// Per iteration: 1 evaluation of F, 1 exchange compressed on the uplink. The downlink is not compressed, since all
/// keep h = mean_m h_m from it.
class DianaDescentAscent final : public Method {
 public:
  /// throws UsageError for a biased uplink, for any downlink, for alpha > 1/q, and if step=auto needs a cocoercivity
  /// that is not known
  DianaDescentAscent(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// none: F is never known exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  double alpha_ = 0;
  std::string formula_;
  std::int64_t k_ = 0;
  Vector z_, h_;
  WorkerVectors h_m_;
};

}  // namespace vireo
