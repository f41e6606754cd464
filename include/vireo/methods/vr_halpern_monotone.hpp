#pragma once

#include "vireo/methods/component_batch.hpp"
#include "vireo/methods/refresh.hpp"

namespace vireo {

/// Variance-reduced Halpern iteration for monotone operators (Cai, Alacaoglu, Diakonikolas, "Variance reduced Halpern
/// iteration for finite-sum monotone inclusions", ICLR 2024, Algorithm 2): Halpern's iteration on the resolvent, which
/// vr-forb evaluates inexactly,
///
///     v^k     ~ J(u^k),  the solution v of  0 in eta ( F(v) + dg(v) ) + v - u^k
///     u^{k+1} = u^0 / (k+2) + (k+1)/(k+2) v^k.
///
/// The inner problem is 1-strongly monotone. With A(v) = eta F(v) + v - u^k, from v = w = w_previous = u^k:
///
///     v+     = prox_{tau eta g}( (1-p) v + p w - tau [ A(w) + A_S(v) - A_S(w_previous) ] ),   S: b of all n components
///     w+     = v+ with probability p, else w,                                                w_previous+ = w
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2; single components need not be monotone. eta = auto =
/// sqrt(n) / L_component, tau = auto = 0.99 sqrt(p (1-p)) / (eta L_S + 1), p = auto = b/n (at most 1/2). Then
/// O~(n + sqrt(n) L D / eps) evaluations of components bring the residual to eps at the last iterate, D = ||u^0 - u*||,
/// where deterministic methods take O(n L D / eps).
///
/// How long the inner problem is worked on:
///     inner=length     inner-length * n log(k+2) sampled components; 0.05 by default, which is far less than is
///     proved,
///                      and 4 to 11 times faster
///     inner=accuracy   until at a snapshot w, where this costs nothing, || eta (F(w) + g') + w - u^k || <= sigma_k
///                      ||w - u^k|| with a subgradient g' of g at w; sigma_k = inner-accuracy / (sqrt(k+3) log(k+3)).
///                      By strong monotonicity the left-hand side bounds the distance of w to J(u^k).
///
/// restart=on: where the residual has halved since the last restart, u^k becomes the new u^0, and k in the formulas 0:
/// then it converges linearly on strongly monotone (and other sharp) problems.
///
/// Per iteration: one evaluation of F, which is the certificate; two evaluations of each sampled component, and one
/// vector from each worker that holds some of S; one evaluation of F for each snapshot. u^k is a convex combination of
/// points of the domain of g: F is evaluated there only.
class VrHalpernMonotone final : public Method {
 public:
  /// throws UsageError if the channel compresses, and if the steps need an L_component that is not known
  VrHalpernMonotone(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  /// u^k -> u^{k+1}, with the whole inner loop
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return u_; }
  /// F(u^k)
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{u_, F_u_, k_}; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  void choose_steps();
  void allocate();
  [[nodiscard]] double residual();
  void restart_if_due();
  void solve_inner();
  [[nodiscard]] std::int64_t inner_steps() const;
  [[nodiscard]] bool accurate_enough();

  Step step_;
  Step inner_step_;
  double automatic_ = 0;
  double inner_automatic_ = 0;
  double eta_ = 0;
  double tau_ = 0;
  bool by_accuracy_;
  double inner_length_;
  double inner_accuracy_;
  bool restart_;
  ComponentBatch batch_;  ///< S
  Refresh refresh_;       ///< of the inner snapshot, with probability p

  std::int64_t k_ = 0;
  std::int64_t since_restart_ = 0;  ///< k of the formulas
  std::int64_t inner_ = 0;          ///< inner steps so far: what the draws are a function of
  double residual_at_restart_ = 0;
  Vector u0_, u_, F_u_;
  Vector v_, w_, F_w_, w_previous_;
  Vector argument_;  ///< of the last prox
  Vector difference_, scratch_;
};

}  // namespace vireo
