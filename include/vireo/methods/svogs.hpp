#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

class InnerSolve;

/// Stochastic variance-reduced optimistic gradient sliding (Zhou, Ye, Luo, "Near-optimal distributed minimax
/// optimization under the second-order similarity", NeurIPS 2024, Algorithm 1): few of the workers take part in a
/// round, and the server solves for the operator F_1 of worker 0, which it holds.
///
///     S^k: b workers, uniform and independent;   G_j = F_j - F_1,  G = F - F_1
///     delta^k = G(w^{k-1}) + (1/b) sum_{j in S^k} ( G_j(z^k) - G_j(w^{k-1}) + alpha [G_j(z^k) - G_j(z^{k-1})] )
///     v^k     = (1 - gamma) z^k + gamma w^k - eta delta^k
///     z^{k+1}: eta ( F_1(z^{k+1}) + dg(z^{k+1}) ) + z^{k+1} - v^k = e,   e = 0 up to the accuracy below
///     w^{k+1} = z^{k+1} with probability p, else w^k;          w^{-1} = z^{-1} = w^0 = z^0
///
/// Parameters (Theorems 1 and 2), with n workers, delta = max(similarity, similarity_first, mu), and gamma = p:
///     mu > 0: b = ceil(min(sqrt n, delta/mu)),   p = 1 / (min(sqrt n, delta/mu) + 8),
///             eta = min( sqrt(alpha p b) / (4 similarity), 1 / (32 delta) ),
///             alpha = max( 1 - eta mu / (6 (1 - p)), 1 - p eta mu / (2 p + eta mu) ):   E Phi_K <= alpha^K Phi_0
///     mu = 0: b = ceil(sqrt n), p = 1 / (sqrt n + 8), alpha = 1, and the average of the z^k is the point to return
/// The paper has one delta, at least ||J_m - J|| for all m. Its proof uses the mean square over m where workers are
/// sampled (Lemma 5), which is `similarity`, and ||J_1 - J|| for G, so these will do; a given delta stands for both.
/// alpha and eta depend on each other: eta is found with 63/64, which alpha is not below.
///
/// Accuracy: ||e|| <= sigma ||z^{k+1} - z^k||, sigma = inner-tolerance, auto min(sqrt(eta mu), 1) / 4: then
///     (2/eta) <e, z^{k+1} - z*> <= mu ||z^{k+1} - z*||^2 + ||z^{k+1} - z^k||^2 / (16 eta),
/// which the proof of Lemma 1 has to spare where its inner solution is exact. mu = 0: sigma = 1e-6, a choice.
///
/// Cost per iteration: 2 evaluations of F_j for each sampled worker and 2 (inner steps) of F_1; b vectors up (a worker
/// that is sampled twice sends once) and 1 vector down to all, not compressed; with probability p an evaluation of F,
/// whose F_m are sent up. What is computed from them stays with the server.
class Svogs final : public Method {
 public:
  /// throws UsageError if the channel compresses, and if step=auto needs a similarity that is not known
  Svogs(const Parameters& parameters, MethodContext context);
  ~Svogs() override;

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
  void choose(const Parameters& parameters);
  void prepare();
  void exchange_snapshot(bool at_z);
  void sample();
  void solve_on_server(View z_next);
  [[nodiscard]] bool coin(std::int64_t k) const;
  [[nodiscard]] bool has_first() const { return context_.exchange.workers().contains(0); }

  Step step_;
  double automatic_ = 0;
  double eta_ = 0;
  double probability_ = 0;  ///< p = gamma
  double alpha_ = 1;
  double sigma_ = 0;
  Index batch_ = 1;  ///< b
  std::string formula_;
  std::unique_ptr<InnerSolve> inner_;

  std::int64_t k_ = 0;
  std::int64_t refreshed_ = 0;  ///< k after which F(snapshot) was last exchanged
  Vector z_, previous_;         ///< z^k, z^{k-1}
  Vector w_, snapshot_;         ///< w^k, w^{k-1}
  Vector F_snapshot_, sampled_, next_, e_;
  WorkerVectors Fm_snapshot_;    ///< F_m(w^{k-1})
  Vector F_1_z_, F_1_previous_;  ///< F_1(z^k) and F_1(z^{k-1}), on worker 0's rank
  Vector F_1_next_;              ///< F_1(z^{k+1}), likewise
  Vector at_z_, at_previous_;    ///< a sampled worker's F_j(z^k) and F_j(z^{k-1})
  std::vector<Index> senders_;   ///< the workers in S^k, each once
  std::vector<double> times_;    ///< how often each is in S^k
};

}  // namespace vireo
