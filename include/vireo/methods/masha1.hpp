#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"
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
///     C_q^2 = q_serv ( L^2 + (q_dev - 1) L_tilde^2 / M )     (randk-shared: q_serv q_dev L^2; permk: q_serv L_tilde^2)
///     mu > 0:         gamma = min( sqrt(1 - tau) / (2 C_q), (1 - tau) / (2 mu) ), and
///                     E( ||z^K - z*||^2 + ||w^K - z*||^2 ) <= (1 - mu gamma / 2)^K 2 ||z^0 - z*||^2
///     mu = 0, g = 0:  gamma = sqrt(1 - tau) / (2 C_q)
///     mu = 0, g != 0: gamma = sqrt(1 - tau) / (2 C_q + 4 L)
/// Per iteration: 1 evaluation of F and one compressed exchange, and with probability 1 - tau one more of each,
/// uncompressed.
///
/// `snapshot=[SPEC]` announces F_m(w) and F(w) through a compressor of their own (see Snapshot): v and h_m stand for
/// F(w) and F_m(w), the server adds e, and
///
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma v )
///     G         = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - h_m ) + e ),      E(v + G) = F(z^{k+1/2})
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (v + G) )
///
/// Step: with eps < 1, E||C(x) - x||^2 <= eps ||x||^2, kappa = eps (1+eps)/(1-eps), c = (1-eps)/2 and m^2 the C_q^2 of
/// q_serv = L = L_tilde = 1,
///     C_q is replaced by C_q + 2 L_tilde sqrt(q_serv W),
///     W = 2 kappa (m^2 + 12 kappa/c) / c + 6 kappa (1 + kappa) / c
/// (`refresh=next`: over sqrt(1 - (1-tau)/4)), and (1 - tau) / (2 mu) by (1 - tau) (1 - eps) / (2 mu). Then the
/// function
///     ||z^k - z*||^2 + ||w^k - z*||^2 + alpha (1/M) sum_m ||F_m(w^k) - h_m||^2 + beta ||e||^2
/// contracts by 1 - mu gamma / 2 in expectation, for certain alpha, beta. Proof: the theorem's with v for F(w) bounds
/// E||z^{k+1} - z*||^2 with E||G||^2 <= (1+t) C_q^2 ||z^{k+1/2} - w||^2 + (1+1/t) 2 q_serv (m^2 A + S), where A and S
/// are the two last norms; a refresh takes A to at most (1+eps)/2 A + kappa L_tilde^2 rho^2 and S to (1+eps)/2 S +
/// 3 kappa ((1+kappa) L_tilde^2 rho^2 + 2 A), where rho^2 = ||w^{k+1} - w^k||^2 <= 2 ||z^k - z^{k+1/2}||^2 + 2
/// ||z^{k+1/2} - w^k||^2 is paid for by the terms that the theorem drops. With F(w) not known to anybody, the run
/// checks its residual at its own expense.
class Masha1 final : public Method {
 public:
  /// throws UsageError for biased compressors, for a snapshot compressor that leaves all it is given, and if step=auto
  /// needs an L that is not known
  Masha1(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot, unless it is announced by a compressor
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
  std::string announced_by_;  ///< spec of the snapshot's compressor
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_ = "the theorem's";

  std::int64_t k_ = 0;
  Vector z_;
  Vector zbar_, half_, next_;
};

}  // namespace vireo
