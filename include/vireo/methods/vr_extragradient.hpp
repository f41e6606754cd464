#pragma once

#include "vireo/methods/component_batch.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"

namespace vireo {

/// Variance-reduced extragradient (Alacaoglu, Malitsky, "Stochastic variance reduction for variational inequality
/// methods", COLT 2022, Algorithm 1): with S a batch of b of all n components, and alpha = 1 - p,
///
///     zbar      = alpha z^k + (1-alpha) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^{k+1/2}) - F_S(w^k) ] )
///     w^{k+1}   = z^{k+1} with probability p, else w^k.
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2; single components need not be monotone. Proved for
/// gamma < sqrt(p) / L_S: the iterates converge almost surely, the gap of the averaged z^{k+1/2} is O(1/k), and the
/// rate is linear if F or g is strongly monotone. gamma = auto is 0.99 of that. p = auto = 2b/n, so that the snapshots
/// cost as much as the samples: O(n + sqrt(n) L / eps) evaluations of components to a gap of eps, where extragradient
/// takes O(n L / eps).
///
/// Rate if F is mu-strongly and g mu_g-strongly monotone, D = ||z^0 - z*||: with c = p - (gamma L_S)^2,
///     E||z^k - z*||^2 <= (1 - s)^k (2-p)/(1-p) D^2,
/// s < c being the largest with s (1-p)/(1-s) + s c/(c-s) <= m = gamma (2 mu + mu_g). Proof: the prox steps and z* give
///     E||z^{k+1} - z*||^2 <= (1-p) ||z^k - z*||^2 + p ||w^k - z*||^2 - (1-p) ||z^{k+1/2} - z^k||^2
///         - c ||z^{k+1/2} - w^k||^2 - m ||z^{k+1/2} - z*||^2,
/// hence Phi_k = (1-p) ||z^k - z*||^2 + ||w^k - z*||^2 shrinks in expectation by the last three terms; of m, the part
/// s (1-p)/(1-s) with the first of them is s (1-p) ||z^k - z*||^2 or more, and the rest with the second s ||w^k -
/// z*||^2.
///
/// Per iteration: 2 b evaluations of components and one vector from each worker with a component in S, and with
/// probability p one evaluation of F. F is evaluated in the domain of g only.
class VrExtragradient final : public Method {
 public:
  /// throws UsageError if the channel compresses, and if step=auto needs an L_component that is not known
  VrExtragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  /// z^{k+1/2}
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void allocate();

  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  ComponentBatch batch_;  ///< S
  Refresh refresh_;       ///< with probability p
  Snapshot snapshot_;     ///< w and F(w)

  std::int64_t k_ = 0;
  Vector z_;
  Vector forward_, half_, difference_;
};

}  // namespace vireo
