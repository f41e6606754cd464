#include <cmath>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/parameter_list.hpp"
#include "methods/step_size.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Compressed extragradient: extragradient with its messages compressed as they are. The baseline that shows what the
/// differences in MASHA1 are for (Beznosikov et al., NeurIPS 2022, experiments: "CEG").
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^k) ) ) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) ) ) )
///
/// The two exchanges of an iteration draw independently. Any compressors.
///
/// No guarantee, and no convergence where workers differ: F_m(z*) != 0 is compressed anew in every iteration, and its
/// noise stays, so that ||z^k - z*|| stalls at a floor that is proportional to it and shrinks with gamma. gamma = auto
/// is a heuristic: 1/(sqrt(2) L) with C_q in place of L for unbiased compressors (MASHA1's constant, L
/// without compression), and divided by delta for contractive ones.
/// Per iteration: 2 evaluations of F, 2 compressed exchanges.
class CompressedExtragradient final : public Method {
 public:
  /// throws UsageError if step=auto needs an L that is not known
  CompressedExtragradient(const Parameters& parameters, MethodContext context);

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
};

/// C_q of the unbiased compressors, times delta of the contractive ones
double heuristic_constant(const CompressorTheory& dev, const CompressorTheory& serv, double L, double L_tilde,
                          double M) {
  using Kind = CompressorTheory::Kind;
  double C = dev.kind == Kind::unbiased ? mean_constant(dev, L, L_tilde, M) : dev.delta * L;
  C *= serv.kind == Kind::unbiased ? std::sqrt(serv.q) : serv.delta;
  return C;
}

CompressedExtragradient::CompressedExtragradient(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "1 / (sqrt(2) C), a heuristic") {
  if (step_.needs_automatic() || context_.constants.L.value_or(Constant{}).value > 0) {
    const double L = require_L(context_.constants, "ceg");
    const double C = heuristic_constant(
        theory_of(context_.channel.uplink, context_.exchange), theory_of(context_.channel.downlink, context_.exchange),
        L, L_tilde_or_L(context_.constants), static_cast<double>(context_.exchange.layout().workers()));
    step_.set_automatic(1 / (std::sqrt(2.0) * C), fmt::format("C = {:.6g}", C));
  }
}

void CompressedExtragradient::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  half_ = z_;
}

void CompressedExtragradient::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;
  const auto k = draw_number(k_);
  const auto compressed = [&](std::uint64_t draw, ConstView z) {
    return context_.exchange.mean(context_.channel, draw, [&](Index m, View x) { context_.oracle.mean(m, z, x); });
  };

  // z^{k+1/2} = prox_{gamma g}( z^k - gamma Q(F(z^k)) )
  const Mean G = compressed(2 * k, z_);
  kernels::add_scaled(z_, -gamma, G, half_);
  g.prox(gamma, half_);

  // z^{k+1} = prox_{gamma g}( z^k - gamma Q(F(z^{k+1/2})) )
  const Mean G_half = compressed(2 * k + 1, half_);
  kernels::axpy(-gamma, G_half, z_);
  g.prox(gamma, z_);
  ++k_;
}

void CompressedExtragradient::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
}

std::vector<std::pair<std::string, std::string>> CompressedExtragradient::description() const {
  return {{"step", step_.text()}};
}

}  // namespace

MethodPlugIn ceg() {
  MethodPlugIn plug;
  plug.name = "ceg";
  plug.also_called = {"compressed-extragradient", "qsgd-extragradient"};
  plug.summary =
      "compressed extragradient, a baseline without guarantee: where workers differ it stalls at a noise floor, and "
      "masha1 does not";
  plug.formula =
      "z^{k+1/2} = prox(z^k - gamma Q(mean_m Q_m(F_m(z^k))));  z^{k+1} = prox(z^k - gamma Q(mean_m "
      "Q_m(F_m(z^{k+1/2}))))";
  plug.reference = "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, experiments (the baseline CEG)";
  plug.parameters = joined(Parameter::step("step", "auto",
                                           "gamma; auto, a heuristic: 1 / (sqrt(2) C), C = masha1's C_q for "
                                           "unbiased compressors, L delta for contractive ones"),
                           without("mu", constant_parameters()));
  plug.usual_uplink = "natural";
  plug.default_return = "last";
  plug.best_of = "";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<CompressedExtragradient>;
  return plug;
}

}  // namespace vireo::methods
