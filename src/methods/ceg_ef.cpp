#include "vireo/methods/ceg_ef.hpp"

#include <fmt/format.h>

#include <cmath>

#include "methods/builtin.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

/// of a contractive compressor; of others, which --allow-unproven lets through, what stands in for it
double delta_of(const CompressorTheory& theory) {
  return theory.kind == CompressorTheory::Kind::contractive ? theory.delta : theory.q;
}

}  // namespace

CompressedExtragradientFeedback::CompressedExtragradientFeedback(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters.step("step")), formula_("1 / (sqrt(2) L delta), a heuristic") {
  const auto channel = require_contractive_channel(context_, "ceg-ef");
  const double delta = delta_of(channel.up) * delta_of(channel.down);
  context_.constants = with_given(context_.constants, parameters);
  if (step_.value == 0 || context_.constants.L.value_or(Constant{}).value > 0)
    automatic_ = 1 / (std::sqrt(2.0) * require_L(context_.constants, "ceg-ef") * delta);
  formula_ += fmt::format(",  delta = {:.6g}", delta);
  gamma_ = step_.resolve(automatic_);
}

void CompressedExtragradientFeedback::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  half_ = z_;
  first_ = context_.exchange.no_feedback();
  second_ = context_.exchange.no_feedback();
}

void CompressedExtragradientFeedback::iterate() {
  const auto& g = context_.regularizer;
  const auto k = static_cast<std::uint64_t>(k_);
  // C^serv( (1/M) sum_m C_m^dev( gamma F_m(z) + e_m ) + e )
  const auto compressed = [&](std::uint64_t draw, ConstView z, Feedback& memory) {
    return context_.exchange.mean(Round{.channel = context_.channel, .iteration = draw, .feedback = &memory},
                                  [&](Index m, View x) {
                                    context_.oracle.mean(m, z, x);
                                    kernels::scale(gamma_, x);
                                  });
  };

  // z^{k+1/2} = prox_{gamma g}( z^k - G )
  const Mean G = compressed(2 * k, z_, first_);
  kernels::add_scaled(z_, -1.0, G, half_);
  g.prox(gamma_, half_);

  // z^{k+1} = prox_{gamma g}( z^k - G' )
  const Mean G_half = compressed(2 * k + 1, half_, second_);
  kernels::axpy(-1.0, G_half, z_);
  g.prox(gamma_, z_);
  ++k_;
}

void CompressedExtragradientFeedback::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  state.per_worker("e_m", first_.workers);
  state.by_segment("e", first_.server);
  state.per_worker("e_m_half", second_.workers);
  state.by_segment("e_half", second_.server);
}

std::vector<std::pair<std::string, std::string>> CompressedExtragradientFeedback::description() const {
  return {{"step", step_text(step_, automatic_, formula_)}};
}

void register_ceg_ef(Registry& registry) {
  MethodPlugIn plug;
  plug.name = "ceg-ef";
  plug.summary =
      "compressed extragradient with error feedback, a baseline for contractive compressors without guarantee: it "
      "stalls where workers differ";
  plug.formula =
      "z^{k+1/2} = prox(z^k - EF(gamma F(z^k)));  z^{k+1} = prox(z^k - EF'(gamma F(z^{k+1/2})));  EF: each message "
      "is C(x + e), e <- x + e - C(x + e)";
  plug.reference =
      "Seide, Fu, Droppo, Li, Yu, 1-bit stochastic gradient descent, 2014; as a baseline: Beznosikov et al., NeurIPS "
      "2022, experiments";
  plug.parameters = {
      Parameter::step("step", "auto", "gamma; auto, a heuristic: 1 / (sqrt(2) L delta_uplink delta_downlink)")};
  plug.parameters.push_back(L_parameter());
  plug.default_return = "last";
  plug.make = construct<CompressedExtragradientFeedback>;
  registry.methods.add(std::move(plug));
}

}  // namespace vireo
