#include "vireo/methods/ceg.hpp"

#include <fmt/format.h>

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// C_q of the unbiased compressors, times delta of the contractive ones
double heuristic_constant(const CompressorTheory& dev, const CompressorTheory& serv, double L, double L_tilde,
                          double M) {
  using Kind = CompressorTheory::Kind;
  double C = dev.kind == Kind::unbiased ? mean_constant(dev, L, L_tilde, M) : dev.delta * L;
  C *= serv.kind == Kind::unbiased ? std::sqrt(serv.q) : serv.delta;
  return C;
}

}  // namespace

CompressedExtragradient::CompressedExtragradient(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters.step("step")), formula_("1 / (sqrt(2) C), a heuristic") {
  context_.constants = with_given(context_.constants, parameters);
  if (step_.value == 0 || context_.constants.L.value_or(Constant{}).value > 0) {
    const double L = require_L(context_.constants, "ceg");
    const double C = heuristic_constant(
        theory_of(context_.channel.uplink, context_.exchange), theory_of(context_.channel.downlink, context_.exchange),
        L, L_tilde_or_L(context_.constants), static_cast<double>(context_.exchange.layout().workers()));
    automatic_ = 1 / (std::sqrt(2.0) * C);
    formula_ += fmt::format(",  C = {:.6g}", C);
  }
  gamma_ = step_.resolve(automatic_);
}

void CompressedExtragradient::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  half_ = z_;
}

void CompressedExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const auto k = static_cast<std::uint64_t>(k_);
  const auto compressed = [&](std::uint64_t draw, ConstView z) {
    return context_.exchange.mean(context_.channel, draw, [&](Index m, View x) { context_.oracle.mean(m, z, x); });
  };

  // z^{k+1/2} = prox_{gamma g}( z^k - gamma Q(F(z^k)) )
  const Mean G = compressed(2 * k, z_);
  kernels::add_scaled(z_, -gamma_, G, half_);
  g.prox(gamma_, half_);

  // z^{k+1} = prox_{gamma g}( z^k - gamma Q(F(z^{k+1/2})) )
  const Mean G_half = compressed(2 * k + 1, half_);
  kernels::axpy(-gamma_, G_half, z_);
  g.prox(gamma_, z_);
  ++k_;
}

void CompressedExtragradient::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
}

std::vector<std::pair<std::string, std::string>> CompressedExtragradient::description() const {
  return {{"step", step_text(step_, automatic_, formula_)}};
}

void register_ceg(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "ceg";
  plug.summary =
      "compressed extragradient, a baseline without guarantee: where workers differ it stalls at a noise floor, and "
      "masha1 does not";
  plug.formula =
      "z^{k+1/2} = prox(z^k - gamma Q(mean_m Q_m(F_m(z^k))));  z^{k+1} = prox(z^k - gamma Q(mean_m "
      "Q_m(F_m(z^{k+1/2}))))";
  plug.reference = "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, experiments (the baseline CEG)";
  plug.parameters = {Parameter::step("step", "auto",
                                     "gamma; auto, a heuristic: 1 / (sqrt(2) C), C = masha1's C_q for "
                                     "unbiased compressors, L delta for contractive ones")};
  for (auto& parameter : constant_parameters())
    if (parameter.name != "mu") plug.parameters.push_back(std::move(parameter));
  plug.default_return = "last";
  plug.make = construct<CompressedExtragradient>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
