#include "vireo/methods/extragradient.hpp"

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Extragradient::Extragradient(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("extragradient", parameters, std::move(context)) {
  step_over_L(parameters, 1 / std::sqrt(2.0), "1 / (sqrt(2) L)");
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
                            "b = 1 - gamma^2 L^2 (proof in extragradient.hpp)",
                            context_);

  const double root = gamma_ * std::sqrt(1 - t * t);
  if (composite) {
    rates.push_back({.quantity = "residual",
                     .constant = (1 + t + t * t) / root,
                     .power = 0.5,
                     .shift = 0,
                     .theorem = "(1 + gamma L + gamma^2 L^2) D / (gamma sqrt(1 - gamma^2 L^2) sqrt(k)) at the last "
                                "iterate (Cai, Oikonomou, Zheng, NeurIPS 2022)"});
  } else if (t <= std::sqrt(0.5) * (1 + step_slack)) {
    rates.push_back({.quantity = "residual",
                     .constant = 1 / root,
                     .power = 0.5,
                     .theorem = "D / (gamma sqrt(1 - gamma^2 L^2) sqrt(k+1)) at the last iterate (Gorbunov, Loizou, "
                                "Gidel, AISTATS 2022)"});
  }
  return rates;
}

void register_extragradient(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "extragradient";
  plug.summary = "the uncompressed baseline for monotone Lipschitz operators";
  plug.formula = "z^{k+1/2} = prox(z^k - gamma F(z^k));  z^{k+1} = prox(z^k - gamma F(z^{k+1/2}))";
  plug.reference = "Korpelevich, The extragradient method for finding saddle points and other problems, 1976";
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 1 / (sqrt(2) L)"), L_parameter()};
  plug.make = construct<Extragradient>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
