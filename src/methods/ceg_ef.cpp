#include <cmath>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/step_size.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Compressed extragradient with error feedback: what a message leaves out is added to the next one of its kind
/// (Seide, Fu, Droppo, Li, Yu, "1-bit stochastic gradient descent", Interspeech 2014, applied to both exchanges of
/// extragradient; a baseline of Beznosikov et al., NeurIPS 2022).
///
///     x_m = gamma F_m(z^k) + e_m,              c_m = C_m^dev(x_m),  e_m <- x_m - c_m
///     y   = (1/M) sum_m c_m + e,               G   = C^serv(y),     e   <- y - G
///     z^{k+1/2} = prox_{gamma g}( z^k - G )
///     z^{k+1}   = prox_{gamma g}( z^k - G' ),  G' made in the same way from F_m(z^{k+1/2}), with memories of its own
///
/// The step is inside the compressor, so that the memories are in units of z. Needs contractive compressors: with
/// others the memories grow without bound.
///
/// No guarantee: ||z^k - z*|| stalls at a floor where workers differ, of order gamma delta, lower as a rule than
/// without feedback. gamma = auto is a heuristic: 1/(sqrt(2) L), divided by the compressors' delta.
/// Per iteration: 2 evaluations of F, 2 compressed exchanges. Memory: 2 vectors for each worker.
class CompressedExtragradientFeedback final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive, and if step=auto needs an L that is not known
  CompressedExtragradientFeedback(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// none: F is never known exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override { half_ = z_; }
  [[nodiscard]] IterationCost cost() const override { return {.evaluations = 2 * all_components()}; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  StepSize step_;
  std::int64_t k_ = 0;
  Vector z_, half_;
  Feedback first_, second_;  ///< of the exchanges at z^k and at z^{k+1/2}
};

/// of a contractive compressor; of others, which --allow-unproven lets through, what stands in for it
double delta_of(const CompressorTheory& theory) {
  return theory.kind == CompressorTheory::Kind::contractive ? theory.delta : theory.q;
}

CompressedExtragradientFeedback::CompressedExtragradientFeedback(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "1 / (sqrt(2) L delta), a heuristic") {
  const auto channel = require_contractive_channel(context_, "ceg-ef");
  const double delta = delta_of(channel.up) * delta_of(channel.down);
  double automatic = 0;
  if (step_.needs_automatic() || context_.constants.L.value_or(Constant{}).value > 0)
    automatic = 1 / (std::sqrt(2.0) * require_L(context_.constants, "ceg-ef") * delta);
  step_.set_automatic(automatic, fmt::format("delta = {:.6g}", delta));
}

void CompressedExtragradientFeedback::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  half_ = z_;
  first_ = context_.exchange.no_feedback();
  second_ = context_.exchange.no_feedback();
}

void CompressedExtragradientFeedback::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;
  const auto k = draw_number(k_);
  // C^serv( (1/M) sum_m C_m^dev( gamma F_m(z) + e_m ) + e )
  const auto compressed = [&](std::uint64_t draw, ConstView z, Feedback& memory) {
    return context_.exchange.mean(Round{.channel = context_.channel, .iteration = draw, .feedback = &memory},
                                  [&](Index m, View x) {
                                    context_.oracle.mean(m, z, x);
                                    kernels::scale(gamma, x);
                                  });
  };

  // z^{k+1/2} = prox_{gamma g}( z^k - G )
  const Mean G = compressed(2 * k, z_, first_);
  kernels::add_scaled(z_, -1.0, G, half_);
  g.prox(gamma, half_);

  // z^{k+1} = prox_{gamma g}( z^k - G' )
  const Mean G_half = compressed(2 * k + 1, half_, second_);
  kernels::axpy(-1.0, G_half, z_);
  g.prox(gamma, z_);
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
  return {{"step", step_.text()}};
}

}  // namespace

MethodPlugIn ceg_ef() {
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
  plug.parameters =
      joined(Parameter::step("step", "auto", "gamma; auto, a heuristic: 1 / (sqrt(2) L delta_uplink delta_downlink)"),
             L_parameter());
  plug.usual_uplink = "topk:fraction=0.1";
  plug.default_return = "last";
  plug.best_of = "";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<CompressedExtragradientFeedback>;
  return plug;
}

}  // namespace vireo::methods
