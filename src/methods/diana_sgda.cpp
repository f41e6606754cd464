#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "encoding/apply.hpp"
#include "methods/cocoercive.hpp"
#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/rates.hpp"
#include "methods/step_size.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// DIANA-SGDA (Beznosikov, Gorbunov, Berard, Loizou, "Stochastic gradient descent-ascent: unified theory and new
/// efficient methods", AISTATS 2023, arXiv 2202.07262): each worker learns its F_m(z*) as h_m and compresses the
/// difference, so that the noise dies out.
///
///     d_m     = Q_m( F_m(z^k) - h_m^k )
///     z^{k+1} = prox_{gamma g}( z^k - gamma ( h^k + (1/M) sum_m d_m ) )
///     h_m^{k+1} = h_m^k + alpha d_m,   h^{k+1} = h^k + (alpha/M) sum_m d_m,      h_m^0 = h^0 = 0
///
/// For ell-cocoercive F, unbiased Q_m and alpha <= 1/q, with v the variance that compression adds to the mean
/// (independent draws: v = (q - 1) ell_tilde / M; ell_tilde: see src/methods/cocoercive.hpp),
///     gamma = 1 / (ell + 6 v):    E Psi_K <= (1 - min(gamma mu, alpha/2))^K Psi_0,
///     Psi_k = ||z^k - z*||^2 + (4 v' / alpha) gamma^2 H_k,
///     v' = v / ell_tilde,   H_k = (1/M) sum_m ||h_m^k - F_m(z*)||^2
/// Proof: with g the estimate of F(z^k) and D = <F(z^k) - F(z*), z^k - z*>,
///     E||g - F(z*)||^2 <= (ell + 2 v) D + 2 v' H_k   and   E H_{k+1} <= (1 - alpha) H_k + alpha ell_tilde D.
///
/// On bilinear saddle points with a regulariser ell is about L^2/mu: this costs kappa^2 log(1/eps) iterations, and
/// MASHA1 kappa.
///
/// Per iteration: 1 evaluation of F, 1 exchange compressed on the uplink. The downlink is not compressed, since all
/// keep h = mean_m h_m from it.
class DianaDescentAscent final : public Method {
 public:
  /// throws UsageError for a biased uplink, for any downlink, for alpha > 1/q, and if step=auto needs a cocoercivity
  /// that is not known
  DianaDescentAscent(const Parameters& parameters, MethodContext context);

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
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  StepSize step_;
  double alpha_ = 0;
  std::int64_t k_ = 0;
  Vector z_, h_;
  WorkerVectors h_m_;
};

/// y += a Q(x) with the draws that the exchange makes for the worker's message
class SentMessage {
 public:
  SentMessage(const CompressorPointer& compressor, const Exchange& exchange, std::uint64_t iteration)
      : compressor_(compressor && !compressor->identity() ? compressor.get() : nullptr),
        exchange_(exchange),
        iteration_(iteration) {}

  void add(double a, Index worker, ConstView x, View y) {
    if (compressor_ == nullptr) {
      kernels::axpy(a, x, y);
      return;
    }
    if (!kernels::all_finite(x)) return;  // which the exchange will say
    const Message message{{exchange_.seed(), random::Purpose::uplink, worker, iteration_},
                          exchange_.dimension(),
                          exchange_.layout().workers()};
    sent_.resize(x.size());
    encoding::apply(*compressor_, message, x, scratch_);
    encoding::spread(scratch_.entries, sent_);
    kernels::axpy(a, sent_, y);
  }

 private:
  const Compressor* compressor_;
  const Exchange& exchange_;
  std::uint64_t iteration_;
  encoding::ApplyScratch scratch_;
  Vector sent_;
};

DianaDescentAscent::DianaDescentAscent(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "1 / (ell + 6 v)") {
  const auto dev = theory_of(context_.channel.uplink, context_.exchange);
  require_unbiased(dev, context_.allow_unproven, "diana-sgda", "uplink");
  if (context_.channel.downlink && !context_.channel.downlink->identity())
    throw UsageError("downlink", "diana-sgda's workers need the mean as it is, to keep their h alike");

  const double q = dev.kind == CompressorTheory::Kind::unbiased ? dev.q : dev.delta;
  alpha_ = parameters.has("alpha") ? parameters.real("alpha") : 1 / q;
  if (alpha_ > 1 / q && !context_.allow_unproven)
    throw UsageError(
        fmt::format("diana-sgda: alpha={:g} is above 1/q = {:g} of the uplink's compressor; "
                    "--allow-unproven runs it all the same",
                    alpha_, 1 / q));
  if (step_.needs_automatic() || context_.constants.cocoercivity.value_or(Constant{}).value > 0) {
    const auto cocoercivity =
        require_cocoercivity_of_workers(context_.constants, context_.allow_unproven, "diana-sgda");
    const double v =
        variance_of_mean(dev, cocoercivity.sizes(), static_cast<double>(context_.exchange.layout().workers()));
    step_.set_automatic(1 / (cocoercivity.ell + 6 * v), fmt::format("ell = {:.6g}, v = {:.6g}", cocoercivity.ell, v));
  }
}

void DianaDescentAscent::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  h_.assign(z0.size(), 0.0);
  h_m_ = WorkerVectors(context_.exchange.workers(), z0.size());
}

void DianaDescentAscent::iterate() {
  const double gamma = step_.value();
  const auto k = draw_number(k_);

  // d = (1/M) sum_m Q_m( F_m(z^k) - h_m ),  h_m <- h_m + alpha d_m
  SentMessage sent(context_.channel.uplink, context_.exchange, k);
  const Mean d = context_.exchange.mean(context_.channel, k, [&](Index m, View x) {
    context_.oracle.mean(m, z_, x);
    kernels::axpy(-1.0, h_m_[m], x);
    sent.add(alpha_, m, x, h_m_[m]);
  });

  // z^{k+1} = prox_{gamma g}( z^k - gamma (h + d) )
  kernels::axpy(-gamma, h_, z_);
  kernels::axpy(-gamma, d, z_);
  context_.regularizer.prox(gamma, z_);

  kernels::axpy(alpha_, d, h_);
  ++k_;
}

void DianaDescentAscent::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  state.global("h", h_);
  state.per_worker("h_m", h_m_);
}

std::vector<std::pair<std::string, std::string>> DianaDescentAscent::description() const {
  return {{"step", step_.text()}, {"memory", fmt::format("alpha = {:.6g}", alpha_)}};
}

std::vector<Rate> DianaDescentAscent::rates() const {
  const auto& constants = context_.constants;
  if (context_.allow_unproven || !within_automatic(step_) || !certain(constants.cocoercivity) || !monotone(constants))
    return {};
  // ell_tilde is a bound where ell is L^2/mu; else that workers are cocoercive as F is was a supposition
  const auto dev = theory_of(context_.channel.uplink, context_.exchange);
  const double mu_F = constants.mu->value;
  const bool bounded = certain(constants.L) && constants.cocoercivity->value * mu_F >=
                                                   constants.L->value * constants.L->value * (1 - step_slack);
  if (dev.q > 1 && (!bounded || !certain(constants.L_tilde))) return {};
  const double mu = total_mu(constants, context_.regularizer);
  return linear_rates(std::nullopt, std::sqrt(1 - std::min(step_.value() * mu, alpha_ / 2)), true,
                      "E Psi_k <= (1 - min(gamma mu, alpha/2))^k Psi_0, Psi_0 being made of the F_m(z*) too "
                      "(diana_sgda.cpp)",
                      context_);
}

}  // namespace

MethodPlugIn diana_sgda() {
  MethodPlugIn plug;
  plug.name = "diana-sgda";
  plug.also_called = {"diana"};
  plug.summary =
      "gradient descent-ascent with compressed differences to learned F_m(z*), for cocoercive operators; on bilinear "
      "problems it costs kappa^2 iterations where masha1 costs kappa";
  plug.formula =
      "d_m = Q_m( F_m(z) - h_m );  z^{k+1} = prox( z - gamma (h + mean_m "
      "d_m) );  h_m += alpha d_m, h += alpha mean_m d_m";
  plug.reference =
      "Beznosikov, Gorbunov, Berard, Loizou, Stochastic gradient descent-ascent, AISTATS 2023 (DIANA-SGDA), with "
      "constants of our own proof";
  plug.parameters = cocoercive_parameters(
      "gamma; auto: 1 / (ell + 6 v), ell the cocoercivity constant, v the compressor's variance in its units");
  plug.parameters.push_back(
      Parameter::real("alpha", "auto", "step of the memories h_m; auto: 1/q of the uplink's compressor", 0, 1)
          .open_below()
          .or_auto());
  plug.usual_uplink = "natural";
  plug.default_return = "last";
  plug.best_of = "";
  plug.average_of = "z^k";
  plug.make = construct<DianaDescentAscent>;
  return plug;
}

}  // namespace vireo::methods
