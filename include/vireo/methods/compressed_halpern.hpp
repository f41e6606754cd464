#pragma once

#include "vireo/methods/estimated_halpern.hpp"
#include "vireo/methods/sampling.hpp"

namespace vireo {

/// Halpern iteration with compressed differences: the analysis of Cai, Alacaoglu, Diakonikolas (ICLR 2024) with the
/// estimator of MARINA (Gorbunov, Burlachenko, Li, Richtarik, ICML 2021) in the place of PAGE's,
///
///     F~_j = F(u_j), uncompressed, with probability p_j,
///            F~_{j-1} + Q^serv( (1/M) sum_m Q_m^dev( F_m(u_j) - F_m(u_{j-1}) ) ) else,
///
/// in the iteration of EstimatedHalpern, which see for restarts and the safeguard. Any unbiased compressors, both ways.
/// With batch=b the workers send F_{m,B}(u_j) - F_{m,B}(u_{j-1}) for b of their components (SampledDifference). With F
/// (1/ell)-cocoercive on average over the components, the variance of the estimated difference is rho times what
/// cocoercivity pays for (variance_of_difference: omega/M for independent uplink compressors with E||Q(x) - x||^2 <=
/// omega ||x||^2 on shards of one size), and
///
///     step=certified:  eta = cert_eta(rho, p) / ell:  E||F(u_k) + g_k|| <= 4 ||u_0 - u*|| / (eta (k+3)) + O(k^{-3/2})
///     step=practical:  eta = 1 / (ell (1 + rho)),     half of the limit of mean-square stability; anchor a = 1, and
///                      the safeguard in place of a proof
///
/// p = auto: certified, of 1, 1/2, ..., 1/256 the one with the fewest guaranteed bytes; practical, min(q, 1/100), q the
/// compressed share (1 if nothing is compressed). Where the refresh is exact, so is the residual on which the run
/// stops. Refuses operators not known to be cocoercive on average.
///
/// Per iteration: 1 evaluation of F (2 b M components with batch=b) and one compressed exchange, at a refresh an
/// uncompressed one. Each worker keeps F_m(u_j).
class CompressedHalpern final : public EstimatedHalpern {
 public:
  /// throws UsageError for biased compressors, and for F that is not known to be cocoercive on average
  CompressedHalpern(const Parameters& parameters, MethodContext context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  void refresh(ConstView u, View estimate) override;
  void difference(std::int64_t k, ConstView u, ConstView v, View D) override;
  void restore_at(ConstView u) override;

 private:
  [[nodiscard]] Settings choose(const Parameters& parameters);

  std::optional<SampledDifference> sampled_;
  WorkerVectors Fm_u_;  ///< F_m(u_j); empty if components are sampled
};

}  // namespace vireo
