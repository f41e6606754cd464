#include <algorithm>
#include <cmath>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/past_gradient.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {
namespace {

/// Forward-reflected-backward splitting (Malitsky, Tam, "A forward-backward splitting method for monotone inclusions
/// without cocoercivity", SIAM J. Optim. 30, 2020, Algorithm (2.1)):
///
///     z^{k+1} = prox_{gamma g}( z^k - gamma ( 2 F(z^k) - F(z^{k-1}) ) ),      F(z^{-1}) = F(z^0).
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/(2L), without g for gamma <= 0.54/L (past_gradient.hpp); linearly
/// if F or g is strongly monotone. gamma = auto is 0.99/(2L), without g 0.54/L. Per iteration: 1 evaluation of F and 1
/// prox. F is evaluated in the domain of g only.
///
/// Rate for F + dg mu-strongly monotone, and without g the faster of this and that of past_gradient.hpp: with
/// t = gamma L and s = min( 2 gamma mu / (1+t), (1-2t) / (2t) ),
///     ||z^k - z*||^2 <= (1 + s)^{-k} ||z^0 - z*||^2 / (1 - t).
/// Proof: with a_k = ||z^k - z*||^2, e_k = ||z^k - z^{k-1}||^2 and c_k = 2 gamma <F(z^k) - F(z^{k-1}), z* - z^k>, the
/// prox and z* give (1 + 2 gamma mu) a_{k+1} + c_{k+1} + (1-t) e_{k+1} <= a_k + c_k + t e_k =: V_k, and |c_k| <= t (a_k
/// + e_k), so that the left-hand side is at least (1 + s) V_{k+1}, and V_k at least (1-t) a_k.
class ForwardReflectedBackward final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known
  ForwardReflectedBackward(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Vector F_previous_;  ///< F(z^{k-1})
};

ForwardReflectedBackward::ForwardReflectedBackward(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("forb", parameters, std::move(context)) {
  const auto& g = context_.regularizer;
  step_over_L(parameters, single_call_step(g), single_call_formula(g));
  const auto& L = context_.constants.L;
  set_former(version_0_1_0::single_call_step(parameters.step("step"), L ? L->value : 0));
}

void ForwardReflectedBackward::start(ConstView z0) {
  DeterministicMethod::start(z0);
  F_previous_ = F_z_;
}

void ForwardReflectedBackward::iterate() {
  // z^{k+1} = prox_{gamma g}( z^k - gamma ( 2 F(z^k) - F(z^{k-1}) ) )
  kernels::axpy(-2 * gamma_, F_z_, z_);
  kernels::axpy(+gamma_, F_previous_, z_);
  context_.regularizer.prox(gamma_, z_);

  F_previous_.swap(F_z_);
  evaluate(z_, F_z_);
  ++k_;
}

void ForwardReflectedBackward::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("F_previous", F_previous_);
}

std::vector<Rate> ForwardReflectedBackward::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants)) return {};
  const double t = gamma_ * constants.L->value;  // gamma L
  const auto& g = context_.regularizer;
  const double m = 2 * gamma_ * total_mu(constants, g);
  Decay decay;
  if (t < 0.5) {
    const double s = std::min(m / (1 + t), (1 - 2 * t) / (2 * t));
    decay = {.constant = 1 / std::sqrt(1 - t),
             .factor = 1 / std::sqrt(1 + s),
             .theorem =
                 "|z^k - z*| <= (1 + s)^{-k/2} D / sqrt(1 - gamma L), s = min(2 gamma mu / (1 + gamma L), "
                 "(1 - 2 gamma L) / (2 gamma L)) (proof in forb.cpp)"};
  }
  if (!g.zero()) return faster_of(decay, {}, context_);
  return faster_of(decay, past_gradient_decay(t, m, PastGradient::from_itself(t)), context_);
}

}  // namespace

MethodPlugIn forb() {
  MethodPlugIn plug;
  plug.name = "forb";
  plug.also_called = {"forward-reflected-backward", "frb", "malitsky-tam"};
  plug.summary =
      "forward-reflected-backward: one evaluation and one prox an iteration, for monotone Lipschitz operators";
  plug.formula = "z^{k+1} = prox(z^k - gamma (2 F(z^k) - F(z^{k-1})))";
  plug.reference =
      "Malitsky, Tam, A forward-backward splitting method for monotone "
      "inclusions without cocoercivity, SIAM J. Optim. 2020";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 0.54 / L, with g 0.99 / (2 L)"), L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "z^k";
  plug.make = construct<ForwardReflectedBackward>;
  return plug;
}

}  // namespace vireo::methods
