#pragma once

#include "vireo/methods/component_batch.hpp"
#include "vireo/methods/estimated_halpern.hpp"

namespace vireo {

/// Variance-reduced Halpern iteration (Cai, Alacaoglu, Diakonikolas, "Variance reduced Halpern iteration for finite-sum
/// monotone inclusions", ICLR 2024, Algorithm 1): the estimate of F is PAGE's (Li, Bao, Zhang, Richtarik, ICML 2021),
///
///     F~_j = F(u_j) with probability p_j, else F~_{j-1} + F_S(u_j) - F_S(u_{j-1}),    S: b of all n components,
///
/// in the iteration of EstimatedHalpern, which see for restarts and the safeguard. F is (1/ell)-cocoercive on average,
///
///     <F(u) - F(v), u - v> >= (1/ell) mean_i ||F_i(u) - F_i(v)||^2
///
/// (cocoercivity_component; F_i / (n p_i) for F_i where components are drawn by a law p), and the last iterate has
/// E||F(u_k) + g_k|| <= 4 ||u_0 - u*|| / (eta (k+3)) + O(k^{-3/2}): O(n log n + sqrt(n) ell D / eps) component
/// evaluations to a residual eps, where a deterministic Halpern iteration takes O(n ell_F D / eps), ell_F being the
/// constant of F alone. So it pays where sqrt(n) ell_F / ell is large, and not where that is small.
///
///     parameters=  |  p                     |  b                   |  eta ell
///     paper        |  4 / (sqrt n + 5)      |  sqrt n              |  1/4
///     certified    |  1 / (2 sqrt n)        |  sqrt n / 4          |  the largest that cert_eta proves, if g = 0,
///                  |  2 / sqrt n            |  sqrt n              |  likewise, with g
///     aggressive   |  1 / (2 sqrt n)        |  sqrt n / 4          |  1, with the safeguard
///
/// `certified` is the choice of p and b with the least guaranteed number of evaluations; given ones are certified as
/// they are. Where 2 b >= n, F itself is evaluated: it costs no more. Refuses operators not known to be cocoercive on
/// average. Per iteration: 2 b evaluations of components, in one pass over them, and one vector from each worker with a
/// component in S; at a refresh n evaluations and a vector from each.
class VrHalpern final : public EstimatedHalpern {
 public:
  /// throws UsageError if the channel compresses, and for F that is not known to be cocoercive on average
  VrHalpern(const Parameters& parameters, MethodContext context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  void refresh(ConstView u, View estimate) override { evaluate(u, estimate); }
  void difference(std::int64_t k, ConstView u, ConstView v, View D) override { batch_->difference(k, u, v, D); }

 private:
  [[nodiscard]] Settings choose(const Parameters& parameters);

  std::optional<ComponentBatch> batch_;  ///< S
  double gain_ = 0;                      ///< sqrt(n) ell_F / ell; 0: not known
};

}  // namespace vireo
