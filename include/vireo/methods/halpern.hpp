#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// When a Halpern iteration starts anew from the point where it is (cuPDLPx, Lu, Peng, Yang, "cuPDLPx: a further
/// enhanced GPU-based first-order solver for linear programming", 2025): of the fixed-point errors e = ||z - T z|| now,
/// at the last restart and one iteration ago, and of the numbers of iterations since the last restart and in all,
///
///     sufficient   e <= 0.2 e_restart
///     necessary    e <= 0.5 e_restart  and  e > e_previous
///     artificial   since >= 0.36 total
///
/// any one is a reason. Never at since = 0.
[[nodiscard]] bool restart_is_due(double error, double error_at_restart, double previous_error, std::int64_t since,
                                  std::int64_t total);

/// Halpern iteration on the forward-backward map (Halpern 1967; the rate: Lieder, "On the convergence rate of the
/// Halpern iteration", Optimization Letters 15, 2021; Diakonikolas, COLT 2020):
///
///     T z     = prox_{gamma g}( z - gamma F(z) )
///     z^{k+1} = z^0 / (k+2) + (k+1)/(k+2) T z^k
///
/// F is (1/ell)-cocoercive, <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2; then T is nonexpansive for gamma <= 2/ell, and
/// ||z^k - T z^k|| <= 2 ||z^0 - z*|| / (k+1). With gamma = auto = 2/ell, at the last iterate, D = ||z^0 - z*||:
///
///     ||z^k - T z^k|| / gamma <= ell D / (k+1),      which is ||F(z^k)|| if g = 0.
///
/// restart=on: where restart_is_due, z^k becomes the new z^0 and k in the formula 0: then it converges linearly on
/// strongly monotone (and other sharp) problems. Refuses operators not known to be cocoercive. Per iteration: 1
/// evaluation of F.
class Halpern final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, and for F that is not known to be cocoercive
  Halpern(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void restart_if_due();

  bool restart_;
  Vector anchor_;        ///< z^0, or where the last restart was
  std::int64_t j_ = 0;   ///< iterations since then
  double first_ = 0;     ///< ||z - T z|| there
  double previous_ = 0;  ///< ||z - T z|| one iteration ago
  Vector T_z_;
};

}  // namespace vireo
