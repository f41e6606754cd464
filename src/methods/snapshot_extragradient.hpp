#pragma once

#include <string>
#include <utility>
#include <vector>

#include "methods/adaptive_step.hpp"
#include "methods/difference_estimate.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/snapshot_method.hpp"

namespace vireo::methods {

/// Extragradient around a snapshot w whose F(w) is known: the iteration of masha1, vr-masha1 and pp-masha1,
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/|S|) sum_{m in S} Q_m^dev(D_m) ),      D_m, S: see DifferenceEstimate
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// The three have this loop in common, and the theorem: for any G with E G = F(z^{k+1/2}) - F(w^k) and E||G||^2 <=
/// C_q^2 ||z^{k+1/2} - w^k||^2 it is that of masha1_theory.hpp, for `step=auto`; `step=adaptive` begins with the same
/// step (adaptive_step.hpp). They differ in the estimate and in what follows from it: the constant C_q, the
/// probability 1 - tau that balances the costs, and what is refused. Each of them is one constructor, in a file of its
/// own.
///
/// Where F_m(w) and F(w) are announced by compressors (`snapshot`, see Announcer and Snapshot), v and h_m stand for
/// them, the server adds e, and
///
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma v )
///     G         = Q^serv( (1/|S|) sum_{m in S} Q_m^dev(D_m + a_m) + e ),      E(v + G) = F(z^{k+1/2})
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (v + G) )
///
/// because the mean of a_m = F_m(w) - h_m, and e, are what v lacks of F(w). What that costs the step is in
/// masha1_theory.hpp too.
///
/// vr-extragradient is not among them. Its G is one batch of all n components for all workers, without compressors;
/// its theorem gives another step; and it computes (zbar - gamma F(w)) - gamma G, which takes a pass less over the
/// vectors and is rounded differently.
class SnapshotExtragradient : public SnapshotMethod {
 public:
  void iterate() override;
  /// z^{k+1/2}
  [[nodiscard]] ConstView averaged() const override { return half_; }
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = (estimate_.share_of_workers() * estimate_.cost_of_worker() + refresh_.probability()) *
                           all_components()};
  }
  /// The step, the coin, and what is drawn
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;
  /// `step`, where it is adaptive
  [[nodiscard]] std::vector<Measure> measures() const override;
  /// Lists k, z^k, the snapshot, the step and the probability.
  void list_state(StateList& state) override;

  /// `step`, of which `adaptive` is the default
  [[nodiscard]] static Parameter step_parameter();
  /// Whether there are exact announcements, for MethodPlugIn::certifies
  [[nodiscard]] static bool certifies(const Parameters& parameters);

 protected:
  /// method: its name. throws UsageError for biased compressors, and for a `snapshot` that leaves all it is given
  SnapshotExtragradient(const std::string& method, const Parameters& parameters, const MethodContext& context,
                        DifferenceEstimate::Kind kind);

  /// The compressors of the run
  [[nodiscard]] const ChannelTheory& channel() const { return channel_; }
  /// Those by which snapshots are announced
  [[nodiscard]] const ChannelTheory& announced() const { return announced_; }

  /// Sets the coin and, from its probability p, how often announcements are exact. Where the user gives none p is, with
  /// b for a message and r for an announcement, both relative to an exact announcement, and senders for the share of the
  /// workers that send in a round,
  ///
  ///     min( 1/2, senders b / r, most )
  ///     min( 1, 2 senders b / r, most )        with an adaptive step, where announcements are compressed (refresh=zk,
  ///                                            of which nothing is known for p = 1: 0.9 for 1)
  ///
  /// In the direction that is compressed an iteration costs senders b + p r. The theorem's steps are like sqrt(p), so that
  /// (senders b + p r) / sqrt(p) should be little: the least is at senders b / r. At twice that p it is a sixteenth more,
  /// for 0.7 of the iterations. Adaptive steps grow more quickly than sqrt(p) where p is large; there, twice is the better
  /// choice in bytes too. Evaluations of F, 1 + p in an iteration, are fewer for every larger p.
  void balance(const Parameters& parameters, double most = 1, double senders = 1);

  /// Sets the automatic step, and begins the adaptive one. C: C_q; m: what the compressors make of it, C_q at L = L_ms =
  /// q_serv = 1 where nothing is sampled; former: the automatic step of version 0.1.0
  void take(double C, double m, double former);

  DifferenceEstimate estimate_;  ///< D_m and S

 private:
  void allocate() override { zbar_ = half_ = next_ = z_; }

  void adapt(double gamma, const Mean& G);
  /// empty: the automatic step is proved
  [[nodiscard]] std::string why_unproved() const;

  ChannelTheory channel_, announced_;
  std::optional<Masha1Theory> theory_;  ///< empty: a constant is not known
  std::optional<AdaptiveStep> adaptive_;
  Vector zbar_, half_, next_;
};

}  // namespace vireo::methods
