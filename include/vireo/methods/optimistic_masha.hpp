#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Optimistic MASHA (Beznosikov, Gasnikov, "Compression and data similarity: combination of two techniques for
/// communication-efficient solving of distributed variational inequalities", arXiv 2206.09446): one evaluation and one
/// compressed exchange an iteration; with permk its noise is made of how the workers differ, not of what they share.
///
///     D^k     = F(w^{k-1}) + Q^serv( (1/M) sum_m Q_m( F_m(z^k) - F_m(w^{k-1}) + alpha [F_m(z^k) - F_m(z^{k-1})] ) )
///     z^{k+1} = prox_{eta g}( z^k + p (w^k - z^k) - eta D^k )
///     w^{k+1} = z^{k+1} with probability p, else w^k;          w^{-1} = z^{-1} = w^0 = z^0
///
/// For unbiased compressors whose noise is at most N ||u - v|| in the mean square for messages F_m(u) - F_m(v):
///
///     permk: N = delta = Constants::similarity;   independent draws: N^2 = (q - 1) L_tilde^2 / M
///     a server's compressor: q_serv N^2 + (q_serv - 1) L^2 in place of N^2
///
/// and for mu-strongly monotone F + dg and p <= 1/2:
///
///     eta = min( sqrt(p) / (6 N), (7 - 12 p) / (16 L) ),   alpha = 1 - min( eta mu / 6, p / 2 ):
///     E Psi_{k+1} <= alpha Psi_k,
///     Psi_k = (1 + 2 eta mu - s p) ||z^k - z*||^2 + s ||w^k - z*||^2 - A_k
///             + p ||w^{k-1} - z^k||^2 + (7/8 - p - alpha eta L) ||z^k - z^{k-1}||^2,
///     A_k = 2 eta <F(z^k) - F(z^{k-1}), z^k - z*>,   s = p / (alpha - 1 + p).
///
/// Proof: the prox at z^{k+1} and the optimality of z* give, in expectation and with xi the noise of D^k,
///
///     (1 + 2 eta mu) ||z^{k+1} - z*||^2 - A_{k+1} <= (1 - p) ||z^k - z*||^2 + p ||w^k - z*||^2 - alpha A_k
///         - (1 - p) ||z^{k+1} - z^k||^2 - p ||w^k - z^{k+1}||^2
///         - 2 eta <xi + alpha (F(z^k) - F(z^{k-1})), z^{k+1} - z^k>.
///
/// The last line is at most (1/8 + alpha eta L) ||z^{k+1} - z^k||^2 + alpha eta L ||z^k - z^{k-1}||^2 + 8 eta^2
/// ||xi||^2, and E||xi||^2 <= 2 N^2 (||z^k - w^{k-1}||^2 + alpha^2 ||z^k - z^{k-1}||^2): what is needed is
/// 16 eta^2 N^2 <= (1 - p/2) p  and  2 eta L + 16 eta^2 N^2 <= 7/8 - p. (min( sqrt(p) / (8 N), 1 / (16 L) ), which is
/// given elsewhere, is smaller.)
/// mu = 0: alpha = 1, and the average of the z^k is the point to return.
///
/// Cost per iteration: 1 evaluation of F, one compressed exchange, and with probability p an uncompressed one, which
/// needs no evaluation: F_m(w^k) is the F_m(z^k) of the same iteration.
class OptimisticMasha final : public Method {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs constants that are not known
  OptimisticMasha(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot of the iteration
  [[nodiscard]] std::optional<Certificate> certificate() const override {
    return Certificate{snapshot_, F_snapshot_, refreshed_};
  }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void prepare();
  [[nodiscard]] bool coin(std::int64_t k) const;

  Step step_;
  double probability_ = 0;
  double automatic_ = 0;
  double eta_ = 0;
  double alpha_ = 1;
  std::string formula_;

  std::int64_t k_ = 0;
  std::int64_t refreshed_ = 0;  ///< k after which F(snapshot) was last exchanged
  Vector z_, previous_;         ///< z^k, z^{k-1}
  Vector w_, snapshot_;         ///< w^k, w^{k-1}
  Vector F_snapshot_, next_;
  WorkerVectors Fm_z_;         ///< F_m(z^k), while an iteration runs
  WorkerVectors Fm_previous_;  ///< F_m(z^{k-1})
  WorkerVectors Fm_snapshot_;  ///< F_m(w^{k-1})
};

}  // namespace vireo
