#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/participation.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// PP-MASHA1: MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1) with partial
/// participation: in a round b of the M workers compute and send; all take part in a refresh.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/b) sum_{m in S} Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) ),    S = S^k: b of the M workers
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// S is drawn without replacement; all ranks know it, so that no message says who takes part. Step and guarantee are
/// those of MASHA1 with
///     C_q^2 = q_serv ( (1 - c/b) L^2 + (c + q_dev - 1) L_tilde^2 / b ),    c = (M - b)/(M - 1),
/// for compressors whose draws are independent over the workers (others are refused). The variance of b workers without
/// replacement is at most that of b independent draws, for which the constant is q_serv ( L^2 + q_dev L_tilde^2 / b );
/// with b = M it is that of MASHA1.
/// Per iteration: b worker evaluations F_m, b messages up, M down (all keep the iterates), and with probability 1 - tau
/// one evaluation of F and one uncompressed exchange. 1 - tau = b / (beta M) balances the traffic up.
class PpMasha1 final : public Method {
 public:
  /// throws UsageError for biased compressors or dependent draws, for b > M, and if step=auto needs an L that is not
  /// known
  PpMasha1(const Parameters& parameters, MethodContext context);

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
  Participation participation_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_ = "the theorem's";

  std::int64_t k_ = 0;
  Vector z_;
  Vector zbar_, half_, next_;
};

}  // namespace vireo
