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

/// The optimistic gradient method, or extragradient from the past (Popov, "A modification of the Arrow-Hurwicz method
/// for search of saddle points", Mathematical Notes 28, 1980): extragradient whose first step reuses the previous
/// iteration's evaluation,
///
///     w^{k+1} = prox_{gamma g}( w^k     - gamma F(z^k) )
///     z^{k+1} = prox_{gamma g}( w^{k+1} - gamma F(z^k) ),      w^0 = z^0.
///
/// Without g: z^{k+1} = z^k - gamma (2 F(z^k) - F(z^{k-1})), which converges for monotone, L-Lipschitz F and gamma <=
/// 0.54/L (past_gradient.hpp); with g for gamma < 1/(2L); linearly if F is strongly monotone. gamma = auto is 0.54/L, with
/// g 0.99/(2L). Per iteration: 1 evaluation of F.
///
/// Why 1/(2L): both prox steps have the centre w^k, so with a_k = ||w^k - z^k||, b_k = ||z^k - w^{k+1}|| and c_k =
/// ||z^k - z^{k-1}|| <= a_k + b_{k-1}
///     ||w^{k+1} - z*||^2 <= ||w^k - z*||^2 - a_k^2 - b_k^2 + 2 gamma L b_k c_k   and   b_k <= gamma L c_k,
/// hence ||w^{k+1} - z*||^2 + b_k^2 <= ||w^k - z*||^2 - a_k^2 + 4 (gamma L)^2 (a_k^2 + b_{k-1}^2).
///
/// Rate, and without g the faster of this and that of past_gradient.hpp, D = ||z^0 - z*||, mu and mu_g the strong
/// monotonicity of F and the strong convexity of g: with t = gamma L, m = gamma (2 mu + mu_g), c = 1 - 4 t^2 and q^2 = (1 - c m/(c+m)) / (1 + gamma mu_g), if q > t,
///     ||z^k - z*|| <= C q^k D / (q - t),   C^2 = 1 + 2 t^2 if g = 0,  else 1 + t^2 + (1 + sqrt(1 + t^2))^2.
/// Proof: strong monotonicity takes m ||z^k - z*||^2 from the right-hand side of the last line, and g multiplies its
/// left-hand side by 1 + gamma mu_g; c a_k^2 + m ||z^k - z*||^2 is at least cm/(c+m) ||w^k - z*||^2, so that V_k =
/// ||w^k - z*||^2 + b_{k-1}^2 shrinks by q^2 from V_1 <= C^2 D^2 on; and ||z^k - z*|| <= ||w^k - z*|| + t ||z^{k-1} -
/// z*||, since the prox is nonexpansive.
class Optimistic final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known
  Optimistic(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Vector w_;
};

Optimistic::Optimistic(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("optimistic", parameters, std::move(context)) {
  const auto& g = context_.regularizer;
  step_over_L(parameters, single_call_step(g), single_call_formula(g));
  const auto& L = context_.constants.L;
  set_former(version_0_1_0::single_call_step(parameters.step("step"), L ? L->value : 0));
}

void Optimistic::start(ConstView z0) {
  DeterministicMethod::start(z0);
  w_ = z_;
}

void Optimistic::iterate() {
  const auto& g = context_.regularizer;

  // w^{k+1} = prox_{gamma g}( w^k - gamma F(z^k) )
  kernels::axpy(-gamma_, F_z_, w_);
  g.prox(gamma_, w_);

  // z^{k+1} = prox_{gamma g}( w^{k+1} - gamma F(z^k) )
  kernels::add_scaled(w_, -gamma_, F_z_, z_);
  g.prox(gamma_, z_);

  evaluate(z_, F_z_);
  ++k_;
}

void Optimistic::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("w", w_);
}

std::vector<Rate> Optimistic::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants)) return {};
  const auto& g = context_.regularizer;
  const double t = gamma_ * constants.L->value;  // gamma L
  const double mu_g = g.strong_convexity();
  const double m = 2 * gamma_ * constants.mu->value;
  Decay decay;
  const double s = parallel(m + gamma_ * mu_g, 1 - 4 * t * t);
  const double q = std::sqrt((1 - s) / (1 + gamma_ * mu_g));
  if (t < 0.5 && q > t) {
    const double moved = std::sqrt(1 + t * t);  // ||w^1 - z*|| <= moved D
    const double C = g.zero() ? std::sqrt(1 + 2 * t * t) : std::hypot(moved, 1 + moved);
    decay = {.constant = C / (q - t),
             .factor = q,
             .theorem =
                 "|z^k - z*| <= C q^k D / (q - gamma L), q^2 = (1 - c m/(c+m)) / (1 + gamma mu_g), m = gamma (2 "
                 "mu + mu_g), c = 1 - 4 gamma^2 L^2 (proof in optimistic.cpp)"};
  }
  if (!g.zero()) return faster_of(decay, {}, context_);
  return faster_of(decay, past_gradient_decay(t, m, PastGradient::from_nothing(t)), context_);
}

}  // namespace

MethodPlugIn optimistic() {
  MethodPlugIn plug;
  plug.name = "optimistic";
  plug.also_called = {"ogda", "omd", "popov", "past-extragradient", "optimistic-gradient"};
  plug.summary = "extragradient from the past: one evaluation an iteration, for monotone Lipschitz operators";
  plug.formula = "w^{k+1} = prox(w^k - gamma F(z^k));  z^{k+1} = prox(w^{k+1} - gamma F(z^k))";
  plug.reference = "Popov, A modification of the Arrow-Hurwicz method for search of saddle points, 1980";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 0.54 / L, with g 0.99 / (2 L)"), L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "z^k";
  plug.make = construct<Optimistic>;
  return plug;
}

}  // namespace vireo::methods
