#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

class InnerSolve;

/// Three Pillars Algorithm (Beznosikov, Takac, Gasnikov, "Similarity, compression and local steps: three pillars of
/// efficient communications for distributed variational inequalities", NeurIPS 2023, arXiv 2302.07615): forward-
/// backward-forward, backward in the operator F_1 of worker 0, which the server holds, forward in F - F_1, which is
/// small where workers are alike, and compressed.
///
///     zbar = z^k + p (m^k - z^k)
///     server: u from gamma ( F_1(u) - F_1(m^k) + F(m^k) + dg(u) ) + u - zbar = e,   e = 0 up to the accuracy below;
///             sends u and F_1(u) - F_1(m^k)
///     z^{k+1} = P( u - e + gamma (1/M) sum_i Q_i( F_i(m^k) - F_1(m^k) - F_i(u) + F_1(u) ) )
///     m^{k+1} = z^k (or z^{k+1}, `refresh=next`) with probability p, else m^k;   on a refresh the F_i(m) are exchanged
///
/// P projects onto the domain of g. The paper has no e in the last step, and so has this method where `inner` fixes the
/// number of inner steps: then there is no guarantee. Else the remainder is taken into the step, as Solodov and Svaiter
/// do ("A hybrid approximate extragradient-proximal point algorithm", 1999), and a rough solution will do:
///     ||e||^2 <= sigma^2 ( (1 - p) ||u - z^k||^2 + p ||u - m^k||^2 ),      sigma = inner-tolerance, auto 1/4
/// Step, with D_i = F_i - F_1 and delta^2 ||u - v||^2 >= (1/M) sum_i ||D_i(u) - D_i(v)||^2, for which similarity^2 +
/// similarity_first^2 is computed:
///     permk: C = delta;   independent draws: C^2 = (1 + (q - 1)/M) delta^2;   shared draws: C^2 = q delta^2
///     gamma = min( sqrt(p) / (2 C), p / (3 mu) ):
///     E( ||z^K - z*||^2 + ||m^K - z*||^2 ) <= (1 - mu gamma / 2)^K 2 ||z^0 - z*||^2
/// where F + dg is mu-strongly monotone and p <= 1/2. Proof: with v = F_1(u) - F_1(m) + F(m) + g' and G the mean of the
/// messages, z^{k+1} = P(zbar - gamma (v - G)), hence
///     ||z^{k+1} - z*||^2 <= ||zbar - z*||^2 - ||zbar - u||^2 - 2 gamma <v - G, u - z*> + ||e - gamma G||^2,
/// where E(v - G) = F(u) + g' and E||e - gamma G||^2 <= 4 ||e||^2 + (4/3) gamma^2 C^2 ||u - m||^2; then as for MASHA1.
/// mu = 0: the same without its last term, and no rate; ||u - z^k|| goes to 0.
///
/// Cost per iteration: 1 evaluation of F but for worker 0's, and 1 + 2 (inner steps) evaluations of F_1; messages
/// compressed on the uplink, 2 vectors sent down; with probability p another evaluation and uncompressed exchange (F(m)
/// stays with the server, and the workers get m in its place: as many bytes).
class ThreePillars final : public Method {
 public:
  /// throws UsageError for a biased uplink, for any downlink, and if step=auto needs a similarity that is not known
  ThreePillars(const Parameters& parameters, MethodContext context);
  ~ThreePillars() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  /// u
  [[nodiscard]] ConstView averaged() const override { return ConstView(shared_).first(z_.size()); }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void solve_on_server(View u, View difference);

  Step step_;
  Refresh refresh_;
  Snapshot snapshot_;  ///< m
  double automatic_ = 0;
  double gamma_ = 0;
  double sigma_ = 0;
  std::string formula_;
  std::unique_ptr<InnerSolve> inner_;

  std::int64_t k_ = 0;
  Vector z_;
  Vector zbar_, shared_, e_, next_;  ///< shared: u, then F_1(u) - F_1(m)
};

}  // namespace vireo
