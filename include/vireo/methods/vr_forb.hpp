#pragma once

#include "vireo/methods/component_batch.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"

namespace vireo {

/// Forward-reflected-backward splitting with variance reduction (Alacaoglu, Malitsky, "Stochastic variance reduction
/// for variational inequality methods", COLT 2022): with S a batch of b of all n components, and alpha = 1 - p,
///
///     zbar    = alpha z^k + (1-alpha) w^k
///     z^{k+1} = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^k) - F_S(w^{k-1}) ] ),      w^{-1} = w^0 = z^0
///     w^{k+1} = z^{k+1} with probability p, else w^k.
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2. Proved for gamma < sqrt(p (1-p)) / L_S, with the
/// guarantees of vr-extragradient; gamma = auto is 0.99 of that. One prox an iteration instead of two. p = auto = b/n,
/// at most 1/2; it is less than 1, since the theory's step vanishes there.
///
/// Per iteration: 2 b evaluations of components and one vector from each worker with a component in S, and with
/// probability p one evaluation of F. F is evaluated in the domain of g only.
class VrForb final : public Method {
 public:
  /// throws UsageError if the channel compresses, and if step=auto needs an L_component that is not known
  VrForb(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  ComponentBatch batch_;  ///< S
  Refresh refresh_;       ///< with probability p
  Snapshot snapshot_;     ///< w and F(w)

  std::int64_t k_ = 0;
  Vector z_;
  Vector w_previous_;  ///< w^{k-1}
  Vector next_, difference_;
};

}  // namespace vireo
