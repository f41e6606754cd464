#pragma once

#include <memory>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

class Points;
namespace particles {
class Swarm;
}

/// Consensus-based optimization as a globaliser of variational inequalities: particles minimise the natural residual
///
///     R(x) = |x - prox_g(x - F(x))|,   weights R(x)^(-2 alpha) = exp(-alpha log R(x)^2),
///
/// whose smallest value is known to be 0: these weights have no scale, and a fixed alpha (20) leads to rounding. With
/// drift=on every particle also makes an extragradient step of its own after each step of the swarm,
///
///     X <- prox_{h g}(X - h F(prox_{h g}(X - h F(X)))),
///
/// which finds solutions that the residual hides among minima of its own. polish=METHOD hands over to another method
/// after `polish-after` iterations, from the consensus or the best particle, whichever has the smaller residual; what
/// it finds is taken only while the residual falls.
///
/// When it is worth it: no solution is a Minty solution (nor weakly so) nearby, or F is a black box or discontinuous.
/// Elsewhere extragradient and its relatives are better by orders of magnitude. No convergence theory is known for F
/// that is no gradient.
///
/// layout=particles: each rank evaluates F at its own particles, for problems whose F any rank can evaluate
/// (Problem::everywhere). layout=data: each rank evaluates its workers' components at all particles, 64 at a time, and
/// the exchange adds them up; particles are then held by all ranks alike. Per step: N evaluations of F, 3 N with drift.
class CboVi final : public Method {
 public:
  /// throws UsageError if the channel compresses, for layout=particles where data are dealt to the ranks, and if the
  /// step needs an L that is not known
  CboVi(const Parameters& parameters, MethodContext context);
  ~CboVi() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// while polishing: the best point so far
  [[nodiscard]] std::optional<Certificate> certificate() const override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<Measure> measures() const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  /// F at the points of a block, one after the other
  void operator_at(const Points& points, Vector& F);
  void log_residuals(const Points& points, View out);
  void drift(double* rows, Index particles);
  void hand_over();
  void polish();
  [[nodiscard]] double residual(ConstView z, ConstView F) const;

  bool everywhere_ = true;
  double h_ = 0;  ///< 0: no drift
  std::string step_text_;
  std::string polish_spec_;
  std::int64_t polish_after_ = 0;
  std::unique_ptr<Exchange> block_exchange_;  ///< of F at 64 particles; layout=data
  std::unique_ptr<particles::Swarm> swarm_;
  std::unique_ptr<Method> polisher_;
  std::int64_t k_ = 0;
  std::int64_t polishing_ = 0;  ///< 1 once it has begun
  std::int64_t found_ = 0;      ///< iteration that z_ is of, while polishing
  double R_ = 0;                ///< residual at z_, while polishing
  Vector z_, F_z_, row_, F_row_, F_block_, half_, moved_;
};

}  // namespace vireo
