#include <fmt/format.h>

#include "methods/cocoercive.hpp"
#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/step_size.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Quantised gradient descent-ascent, QSGDA (Beznosikov, Gorbunov, Berard, Loizou, "Stochastic gradient
/// descent-ascent: unified theory and new efficient methods", AISTATS 2023, arXiv 2202.07262):
///
///     z^{k+1} = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^k) ) ) )
///
/// For ell-cocoercive F and unbiased compressors, with v the variance that they add to the mean of the F_m
/// (independent draws: v = (q - 1) ell_tilde / M; ell_tilde: see src/methods/cocoercive.hpp),
///     gamma = 1 / (ell + 2 v):    E||z^K - z*||^2 <= (1 - gamma mu)^K ||z^0 - z*||^2 + gamma sigma^2 / mu,
/// where sigma^2 is twice the variance of the compressed F_m(z*): a noise floor, unless F_m(z*) = 0 for all workers.
/// Proof: with g the estimate, ||z^{k+1} - z*||^2 <= ||z^k - z* - gamma (g - F(z*))||^2, and E||g - F(z*)||^2 <= (ell
/// + 2 v) <F(z^k) - F(z*), z^k - z*> + sigma^2.
///
/// On bilinear saddle points with a regulariser ell is about L^2/mu, so that this costs kappa^2 log(1/eps) iterations
/// where extragradient costs kappa.
/// Per iteration: 1 evaluation of F, 1 compressed exchange.
class QuantizedDescentAscent final : public Method {
 public:
  /// throws UsageError for biased compressors, and if step=auto needs a cocoercivity that is not known
  QuantizedDescentAscent(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// none: F is never known exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] IterationCost cost() const override { return {.evaluations = all_components()}; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  StepSize step_;
  std::int64_t k_ = 0;
  Vector z_;
};

QuantizedDescentAscent::QuantizedDescentAscent(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "1 / (ell + 2 v)") {
  const auto channel = require_unbiased_channel(context_, "qsgda");
  if (step_.needs_automatic() || context_.constants.cocoercivity.value_or(Constant{}).value > 0) {
    const auto cocoercivity = require_cocoercivity_of_workers(context_.constants, context_.allow_unproven, "qsgda");
    const double v = variance_both_ways(channel.up, channel.down, cocoercivity.sizes(),
                                        static_cast<double>(context_.exchange.layout().workers()));
    step_.set_automatic(1 / (cocoercivity.ell + 2 * v), fmt::format("ell = {:.6g}, v = {:.6g}", cocoercivity.ell, v));
  }
}

void QuantizedDescentAscent::start(ConstView z0) { z_.assign(z0.begin(), z0.end()); }

void QuantizedDescentAscent::iterate() {
  const double gamma = step_.value();
  // z^{k+1} = prox_{gamma g}( z^k - gamma Q(F(z^k)) )
  const Mean G = context_.exchange.mean(context_.channel, draw_number(k_),
                                        [&](Index m, View x) { context_.oracle.mean(m, z_, x); });
  kernels::axpy(-gamma, G, z_);
  context_.regularizer.prox(gamma, z_);
  ++k_;
}

void QuantizedDescentAscent::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
}

std::vector<std::pair<std::string, std::string>> QuantizedDescentAscent::description() const {
  return {{"step", step_.text()}};
}

}  // namespace

MethodPlugIn qsgda() {
  MethodPlugIn plug;
  plug.name = "qsgda";
  plug.summary =
      "quantised gradient descent-ascent for cocoercive operators, a baseline: it stalls at a noise floor where workers "
      "differ, and costs kappa^2 on bilinear problems";
  plug.formula = "z^{k+1} = prox( z^k - gamma Q( mean_m Q_m( F_m(z^k) ) ) )";
  plug.reference =
      "Beznosikov, Gorbunov, Berard, Loizou, Stochastic gradient descent-ascent, AISTATS 2023 (QSGDA), with constants "
      "of our own proof";
  plug.parameters = cocoercive_parameters(
      "gamma; auto: 1 / (ell + 2 v), ell the cocoercivity constant, v the compressors' variance in its units");
  plug.usual_uplink = "natural";
  plug.default_return = "last";
  plug.best_of = "";
  plug.average_of = "z^k";
  plug.make = construct<QuantizedDescentAscent>;
  return plug;
}

}  // namespace vireo::methods
