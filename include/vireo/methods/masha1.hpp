#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, "Distributed methods with compressed communication for
/// solving variational inequalities, with theoretical guarantees", NeurIPS 2022, Algorithm 1): extragradient around a
/// snapshot w whose F_m(w) and F(w) are known, so that only differences that vanish at the solution are compressed.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// Step, for unbiased compressors with E||Q(x)||^2 <= q||x||^2 whose draws are independent over the workers:
///     C_q^2 = q_serv ( L^2 + (q_dev - 1) L_tilde^2 / M )      (correlated draws: q_serv q_dev L_tilde^2)
///     mu > 0:         gamma = min( sqrt(1 - tau) / (2 C_q), (1 - tau) / (2 mu) ), and
///                     E( ||z^K - z*||^2 + ||w^K - z*||^2 ) <= (1 - mu gamma / 2)^K 2 ||z^0 - z*||^2
///     mu = 0, g = 0:  gamma = sqrt(1 - tau) / (2 C_q)
///     mu = 0, g != 0: gamma = sqrt(1 - tau) / (2 C_q + 4 L)
/// Per iteration: 1 evaluation of F and one compressed exchange, and with probability 1 - tau one more of each,
/// uncompressed.
class Masha1 final : public Method {
 public:
  enum class Refresh : std::uint8_t { zk, next };

  Masha1(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{w_, F_w_, refreshed_}; }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  void exchange_snapshot();

  Step step_;
  Refresh refresh_;
  double probability_ = 0;  ///< 1 - tau
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_;

  std::int64_t k_ = 0;
  std::int64_t refreshed_ = 0;  ///< k after which w was last refreshed
  Vector z_, w_, F_w_;
  Vector zbar_, half_, G_, next_;
  WorkerVectors Fm_w_;  ///< F_m(w)
};

}  // namespace vireo
