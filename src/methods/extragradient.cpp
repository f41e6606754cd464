#include <algorithm>
#include <cmath>
#include <string>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {
namespace {

/// Extragradient (Korpelevich, "The extragradient method for finding saddle points and other problems", 1976):
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/L; linearly if F is strongly monotone. gamma = auto is
/// min( 0.92/L, 1/(L + mu) ), mu the strong monotonicity of F. Per iteration: 2 evaluations of F, 2 uncompressed
/// exchanges.
///
/// Why not 0.99/L: an eigenvalue L of F, real as a gradient's, shrinks by 1 - t + t^2 an iteration, t = gamma L, and
/// all that is slower gains from a longer step. With t = 0.99 the former is what there is to wait for (least squares:
/// 880 iterations instead of 120), with 0.92 hardly ever, and bilinear games take a twelfth more than at their best.
/// F a gradient: 1/(L + mu) is where the eigenvalues L and mu shrink alike, and no fixed step is better.
///
/// Rates, D = ||z^0 - z*||, mu and mu_g the strong monotonicity of F and the strong convexity of g:
///     ||z^k - z*|| <= q^k D,   q^2 = (1 - a b/(a+b)) / (1 + gamma mu_g),   a = gamma (2 mu + mu_g),
///                                                                          b = 1 - (gamma L)^2
///     g = 0:     ||F(z^k)|| <= D / ( gamma sqrt(b) sqrt(k+1) )
///     else:      dist(0, F(z^k) + dg(z^k)) <= (1 + gamma L + (gamma L)^2) D / ( gamma sqrt(b) sqrt(k) )
/// Proof of the first: the inequalities of the two prox steps and of z* add up to
///     (1 + gamma mu_g) ||z^{k+1} - z*||^2 <= ||z^k - z*||^2 - b ||z^k - z^{k+1/2}||^2 - a ||z^{k+1/2} - z*||^2,
/// and the last two terms are at most -ab/(a+b) ||z^k - z*||^2. The others: b ||z^k - z^{k+1/2}||^2 sums to D^2, and
/// the residual does not grow: with g by Cai, Oikonomou, Zheng ("Finite-time last-iterate convergence for learning in
/// multi-player games", NeurIPS 2022, for sets; what they use of dg is that it is 3-cyclically monotone), and then it is
/// at most (1 + gamma L + (gamma L)^2)/gamma times ||z^k - z^{k+1/2}|| at z^{k+1}. If g = 0, for every gamma <= 1/L: F
/// is monotone at z^k and z^{k+1} = z^k - gamma F(z^{k+1/2}), and Lipschitz between z^{k+1/2} and z^{k+1}, so that
///     ||F(z^k)||^2 - ||F(z^{k+1})||^2 = 2 <F(z^k) - F(z^{k+1}), F(z^{k+1/2})> + ||F(z^k) - F(z^{k+1/2})||^2
///                                       - ||F(z^{k+1}) - F(z^{k+1/2})||^2 >= b ||F(z^k) - F(z^{k+1/2})||^2
/// (Gorbunov, Loizou, Gidel, "Extragradient method: O(1/K) last-iterate convergence for monotone variational
/// inequalities and connections with cocoercivity", AISTATS 2022, have the same rate for gamma <= 1/(sqrt(2) L).)
class Extragradient final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known
  Extragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void restore() override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Vector half_, F_half_;
};

const char* const formula = "min( 0.92 / L, 1 / (L + mu) )";

Extragradient::Extragradient(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("extragradient", parameters, std::move(context)) {
  const auto& L = context_.constants.L;
  const double mu_over_L = L && L->value > 0 ? known_mu(context_.constants) / L->value : 0.0;
  step_over_L(parameters, std::min(0.92, 1 / (1 + mu_over_L)), formula);
  set_former(version_0_1_0::extragradient_step(parameters.step("step"), L ? L->value : 0));
}

void Extragradient::start(ConstView z0) {
  DeterministicMethod::start(z0);
  half_ = F_half_ = z_;
}

void Extragradient::iterate() {
  const auto& g = context_.regularizer;

  // z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
  kernels::add_scaled(z_, -gamma_, F_z_, half_);
  g.prox(gamma_, half_);

  // z^{k+1} = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
  evaluate(half_, F_half_);
  kernels::axpy(-gamma_, F_half_, z_);
  g.prox(gamma_, z_);

  evaluate(z_, F_z_);
  ++k_;
}

void Extragradient::restore() {
  DeterministicMethod::restore();
  half_ = F_half_ = z_;
}

std::vector<Rate> Extragradient::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants)) return {};
  const double t = gamma_ * constants.L->value;  // gamma L
  if (!(t < 1)) return {};
  const bool composite = !context_.regularizer.zero();
  const double mu_g = context_.regularizer.strong_convexity();

  const double s = parallel(2 * gamma_ * constants.mu->value + gamma_ * mu_g, 1 - t * t);
  auto rates = linear_rates(1.0, std::sqrt((1 - s) / (1 + gamma_ * mu_g)), false,
                            "|z^k - z*| <= q^k D, q^2 = (1 - a b/(a+b)) / (1 + gamma mu_g), a = gamma (2 mu + mu_g), "
                            "b = 1 - gamma^2 L^2 (proof in extragradient.cpp)",
                            context_);

  const double root = gamma_ * std::sqrt(1 - t * t);
  if (composite) {
    rates.push_back({.quantity = "residual",
                     .constant = (1 + t + t * t) / root,
                     .power = 0.5,
                     .shift = 0,
                     .theorem = "(1 + gamma L + gamma^2 L^2) D / (gamma sqrt(1 - gamma^2 L^2) sqrt(k)) at the last "
                                "iterate (Cai, Oikonomou, Zheng, NeurIPS 2022)"});
  } else {
    rates.push_back({.quantity = "residual",
                     .constant = 1 / root,
                     .power = 0.5,
                     .theorem = "D / (gamma sqrt(1 - gamma^2 L^2) sqrt(k+1)) at the last iterate (proof in "
                                "extragradient.cpp)"});
  }
  return rates;
}

}  // namespace

MethodPlugIn extragradient() {
  MethodPlugIn plug;
  plug.name = "extragradient";
  plug.also_called = {"EG", "korpelevich"};
  plug.summary = "the uncompressed baseline for monotone Lipschitz operators";
  plug.formula = "z^{k+1/2} = prox(z^k - gamma F(z^k));  z^{k+1} = prox(z^k - gamma F(z^{k+1/2}))";
  plug.reference = "Korpelevich, The extragradient method for finding saddle points and other problems, 1976";
  plug.parameters = {Parameter::step("step", "auto", std::string("gamma; auto: ") + formula), L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<Extragradient>;
  return plug;
}

}  // namespace vireo::methods
