#pragma once

#include <string>
#include <utility>
#include <vector>

#include "methods/difference_estimate.hpp"
#include "methods/masha2_theory.hpp"
#include "methods/safeguarded_step.hpp"
#include "methods/snapshot_method.hpp"

namespace vireo::methods {

/// SnapshotExtragradient with error feedback, for contractive compressors: the iteration of masha2, vr-masha2 and
/// pp-masha2. The step is inside the compressors, so that memories are in units of z.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma D_m + e_m^k,    c_m = C_m^dev(x_m) if m in S, else 0,     e_m^{k+1} = x_m - c_m
///     y         = (1/M) sum_m c_m + e^k,    G = C^serv(y),                        e^{k+1}   = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// D_m and S are those of DifferenceEstimate. All workers evaluate their D_m, also those that do not send, and the sum
/// is divided by M, not by the number of senders: "C with probability b/M, else 0" is a contractive compressor too.
///
/// The three have this loop in common, and the theorem of masha2_theory.hpp, for `step=auto`; `step=adaptive` begins
/// with the same step (safeguarded_step.hpp; the memories are in units of z, so that the step may change). They differ
/// in the estimate and in what follows from it: the compressors' constants, the mean over workers of E||D_m||^2, the
/// probability 1 - tau, and what is refused. It is covered for g = 0 only; without a proof it takes any g, with a prox
/// after both steps.
class ErrorFeedbackExtragradient : public SnapshotMethod {
 public:
  void start(ConstView z0) override;
  void iterate() override;
  /// z^{k+1/2}
  [[nodiscard]] ConstView averaged() const override { return half_; }
  /// Lists k, z^k, the snapshot, e_m and e, the step and the probability, and the best snapshot of an adaptive step.
  void list_state(StateList& state) override;
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = (estimate_.cost_of_worker() + refresh_.probability()) * all_components()};
  }
  /// The step, the coin, and what is drawn
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;
  /// `step`, where it is adaptive
  [[nodiscard]] std::vector<Measure> measures() const override;

  /// `step`, of which `adaptive` is the default
  [[nodiscard]] static Parameter step_parameter();

 protected:
  /// method: its name; with_feedback: false forgets what was not sent, which nothing is proved for
  ErrorFeedbackExtragradient(const std::string& method, const Parameters& parameters, MethodContext context,
                             DifferenceEstimate::Kind kind, bool with_feedback = true);

  /// Sets the automatic step, and begins the adaptive one with it. former: the automatic step of version 0.1.0
  void take(const Masha2Theory& theory, double former);

  DifferenceEstimate estimate_;  ///< D_m and S
  bool with_feedback_;           ///< e_m and e are kept

 private:
  void allocate() override { forward_ = half_ = next_ = z_; }

  void after_refresh();
  /// empty: the automatic step is proved
  [[nodiscard]] std::string why_unproved() const;
  [[nodiscard]] double residual() const;

  std::optional<Masha2Theory> theory_;  ///< empty: a constant is not known
  std::optional<SafeguardedStep> adaptive_;
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

}  // namespace vireo::methods
