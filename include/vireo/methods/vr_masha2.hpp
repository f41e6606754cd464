#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/sampling.hpp"
#include "vireo/methods/snapshot.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// VR-MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, the stochastic finite-sum variant of
/// Algorithm 2): MASHA2 where each worker evaluates b of its r components, not all.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k) ) + e_m^k,   c_m = C_m^dev(x_m),   e_m^{k+1} = x_m - c_m
///                 B: b components of worker m (see SampledDifference)
///     y         = (1/M) sum_m c_m + e^k,                                 G = C^serv(y),        e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k                 (z^{k+1}, `refresh=next`, is not proved)
///
/// Covers g = 0 only. Step and guarantee are those of MASHA2 with (1-s) L_tilde^2 + s L_hat^2 for L_tilde^2, s and
/// L_hat as for VR-MASHA1: of D_m the proof uses no more than E D_m and the mean of E||D_m||^2.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/delta, b M / n) makes the last cost no more than the others.
class VrMasha2 final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive, for g != 0, and if step=auto needs an L or L_component
  /// that is not known
  VrMasha2(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Step step_;
  Refresh refresh_;
  Snapshot snapshot_;
  SampledDifference difference_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_ = "the theorem's";

  std::int64_t k_ = 0;
  Vector z_;
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

}  // namespace vireo
