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

 protected:
  /// method: its name; announcer: the compressor by which F_m(w) and F(w) are announced, null: exactly (see Snapshot)
  SnapshotExtragradient(const std::string& method, const Parameters& parameters, MethodContext context,
                        DifferenceEstimate::Kind kind, const CompressorPointer& announcer = nullptr)
      : SnapshotMethod(parameters, std::move(context), "the theorem's", DifferenceEstimate::needs(kind), announcer),
        estimate_(kind, method, parameters, context_, snapshot_) {}

  /// Sets the automatic step, and begins the adaptive one with it. former: the automatic step of version 0.1.0
  void take(const Masha1Theory& theory, double former);

  DifferenceEstimate estimate_;  ///< D_m and S

 private:
  void allocate() override { zbar_ = half_ = next_ = z_; }

  void adapt(double gamma, const Mean& G);
  /// empty: the automatic step is proved
  [[nodiscard]] std::string why_unproved() const;

  std::optional<Masha1Theory> theory_;  ///< empty: a constant is not known
  std::optional<AdaptiveStep> adaptive_;
  Vector zbar_, half_, next_;
};

}  // namespace vireo::methods
