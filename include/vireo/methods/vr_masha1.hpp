#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/sampling.hpp"
#include "vireo/methods/snapshot.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// VR-MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, the stochastic finite-sum variant of
/// Algorithm 1): MASHA1 where each worker evaluates b of its r components, not all.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     D_m       = F_{m,B}(z^{k+1/2}) - F_{m,B}(w^k),        B: b components of worker m (see SampledDifference)
///     G         = Q^serv( (1/M) sum_m Q_m^dev(D_m) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// Step and guarantee are those of MASHA1 with, for independent compressors,
///     C_q^2 = q_serv ( L^2 + ( max(0, q_dev (1-s) - 1) L_tilde^2 + q_dev s L_hat^2 ) / M )
///     (randk-shared: q_serv q_dev (L^2 + s L_hat^2 / M);  permk: q_serv ((1-s) L_tilde^2 + s L_hat^2)),
///     s = (r-b) / (b (r-1)),    L_hat^2 = (M r / n) L_component^2,    r: components of the largest shard,
/// because E||D_m||^2 is at most (1-s) ||F_m(z^{k+1/2}) - F_m(w)||^2 + s times the mean square of single components.
/// For one component that is q_serv ( L^2 + q_dev L_hat^2 / M ), for all of them the constant of MASHA1. Where the
/// problem draws components by a law of its own, s = 1/b and M r / n is M times the largest probability of a shard.
///
/// Per iteration: 2 b component evaluations a worker and one compressed exchange, and with probability 1 - tau one
/// evaluation of F, uncompressed. 1 - tau = min(1/beta, b M / n) makes the last cost no more than the others.
class VrMasha1 final : public Method {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs an L or L_component that is not known
  VrMasha1(const Parameters& parameters, MethodContext context);

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
  Vector zbar_, half_, next_;
};

}  // namespace vireo
