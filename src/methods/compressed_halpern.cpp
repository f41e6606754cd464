#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "methods/cocoercive.hpp"
#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/estimated_halpern.hpp"
#include "methods/halpern_certificate.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/sampling.hpp"
#include "methods/step_size.hpp"
#include "methods/variance.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// Halpern iteration with compressed differences: the analysis of Cai, Alacaoglu, Diakonikolas (ICLR 2024) with the
/// estimator of MARINA (Gorbunov, Burlachenko, Li, Richtarik, ICML 2021) in the place of PAGE's,
///
///     F~_j = F(u_j), uncompressed, with probability p_j,
///            F~_{j-1} + Q^serv( (1/M) sum_m Q_m^dev( F_m(u_j) - F_m(u_{j-1}) ) ) else,
///
/// in the iteration of EstimatedHalpern, which see for restarts and the safeguard. Any unbiased compressors, both
/// ways. With batch=b the workers send F_{m,B}(u_j) - F_{m,B}(u_{j-1}) for b of their components (SampledDifference).
/// With F (1/ell)-cocoercive on average over the components, the variance of the estimated difference is rho times
/// what cocoercivity pays for (variance_of_difference: omega/M for independent uplink compressors with E||Q(x) - x||^2
/// <= omega ||x||^2 on shards of one size), and
///
///     step=certified:  eta = cert_eta(rho, p) / ell:  E||F(u_k) + g_k|| <= 4 ||u_0 - u*|| / (eta (k+3)) + O(k^{-3/2})
///     step=practical:  eta = 1 / (ell (1 + rho)),     half of the limit of mean-square stability; anchor a = 1, and
///                      the safeguard in place of a proof
///
/// p = auto: certified, of 1, 1/2, ..., 1/256 the one with the fewest guaranteed bytes; practical, min(q, 1/100), q
/// the compressed share (1 if nothing is compressed). Where the refresh is exact, so is the residual on which the run
/// stops. Refuses operators not known to be cocoercive on average.
///
/// Per iteration: 1 evaluation of F (2 b M components with batch=b) and one compressed exchange, at a refresh an
/// uncompressed one. Each worker keeps F_m(u_j).
class CompressedHalpern final : public EstimatedHalpern {
 public:
  static constexpr const char* name = "compressed-halpern";

  /// throws UsageError for biased compressors, and for F that is not known to be cocoercive on average
  CompressedHalpern(const Parameters& parameters, MethodContext context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  [[nodiscard]] double share_of_difference() const override { return sampled_ ? 2 * sampled_->cost() : 1.0; }
  void refresh(ConstView u, View estimate) override;
  void difference(std::int64_t k, ConstView u, ConstView v, View D) override;
  void restore_at(ConstView u) override;

 private:
  [[nodiscard]] Settings choose(const Parameters& parameters);

  std::optional<SampledDifference> sampled_;
  WorkerVectors Fm_u_;  ///< F_m(u_j); empty if components are sampled
};

/// Of 1, 1/2, ..., 1/256 the p with the least (p + (1-p) q) / cert_eta: bytes an iteration over the progress that is
/// guaranteed for it.
double cheapest_probability(HalpernForm form, double rho, double q) {
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (double p = 1; p >= 1.0 / 256; p /= 2) {
    const double bytes = (p + (1 - p) * q) / cert_eta(form, rho, {p});
    if (bytes < least) {
      least = bytes;
      best = p;
    }
  }
  return best;
}

CompressedHalpern::CompressedHalpern(const Parameters& parameters, MethodContext context)
    : EstimatedHalpern(std::move(context)) {
  if (parameters.has("batch")) sampled_.emplace(context_, parameters);
  set(choose(parameters));
  if (!sampled_) Fm_u_ = WorkerVectors(context_.exchange.workers(), context_.exchange.dimension());
}

EstimatedHalpernSettings CompressedHalpern::choose(const Parameters& parameters) {
  const auto channel = require_unbiased_channel(context_, name);
  const double ell = require_cocoercivity_of_components(context_.constants, context_.allow_unproven, name);
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const SampledDifference whole(context_, context_.oracle.components());
  const auto moments = (sampled_ ? *sampled_ : whole).moments();
  const double rho = variance_of_difference(channel.up, channel.down, moments.s, moments.W, M);

  const auto form = context_.regularizer.zero() ? HalpernForm::plain : HalpernForm::prox;
  const double q = compressed_share(channel);
  Settings chosen{.step = StepSize(parameters, ""), .restart = parameters.flag("restart")};
  const bool practical = chosen.step.named() == "practical";
  if (parameters.has("probability"))
    chosen.probability = parameters.real("probability");
  else
    chosen.probability = practical ? (q < 1 ? std::min(q, 0.01) : 1) : cheapest_probability(form, rho, q);
  if (parameters.has("anchor"))
    chosen.anchor = parameters.integer("anchor");
  else
    chosen.anchor = practical ? 1 : 2;
  chosen.safeguard = parameters.text("safeguard") == "auto" ? practical : parameters.text("safeguard") == "on";

  const double eta_ell = practical ? 1 / (1 + rho) : cert_eta(form, rho, {chosen.probability});
  chosen.step.set_automatic(
      {eta_ell / ell,
       fmt::format("{}, eta ell = {:.6g}, {} = {:.6g}, rho = {:.6g}",
                   practical ? "1 / (ell (1 + rho)), not proved" : "certified / ell", eta_ell,
                   context_.constants.cocoercivity_component ? "ell" : "L (not known to be cocoercive)", ell, rho)});
  if (!practical) chosen.certified = chosen.step.automatic();
  return chosen;
}

/// F(u), which all ranks get; each worker keeps its F_m(u)
void CompressedHalpern::refresh(ConstView u, View estimate) {
  context_.exchange.mean(
      [&](Index m, View x) {
        context_.oracle.mean(m, u, x);
        if (!sampled_) std::ranges::copy(x, Fm_u_[m].begin());
      },
      estimate);
}

/// Q^serv( (1/M) sum_m Q_m^dev( F_m(u) - F_m(v) ) ), of F_{m,B} if components are sampled
void CompressedHalpern::difference(std::int64_t k, ConstView u, ConstView v, View D) {
  context_.exchange.mean(
      context_.channel, draw_number(k),
      [&](Index m, View x) {
        if (sampled_) {
          (*sampled_)(m, k, u, v, x);
          return;
        }
        context_.oracle.mean(m, u, x);
        const View known = Fm_u_[m];
        for (Index i = 0; i < x.size(); ++i) {
          const double F_i = x[i];
          x[i] -= known[i];
          known[i] = F_i;
        }
      },
      D);
}

void CompressedHalpern::restore_at(ConstView u) {
  if (sampled_) return;
  for (Index m = context_.exchange.workers().begin; m < context_.exchange.workers().end; ++m)
    context_.oracle.mean(m, u, Fm_u_[m]);
}

std::vector<std::pair<std::string, std::string>> CompressedHalpern::description() const {
  auto lines = EstimatedHalpern::description();
  if (sampled_) lines.emplace_back("batch", sampled_->text());
  return lines;
}

}  // namespace

MethodPlugIn compressed_halpern() {
  MethodPlugIn plug;
  plug.name = CompressedHalpern::name;
  plug.summary =
      "Halpern iteration on compressed differences: residual O(1/k) at the last iterate for a fraction of the bytes, "
      "for cocoercive operators; with roundings both ways it takes the iterations of the uncompressed one";
  plug.formula =
      "F~ = F(u_j) with probability p_j, else F~ + Q( mean_m Q_m( F_m(u_j) - F_m(u_{j-1}) ) );  u_{j+1} = prox( lambda "
      "u_0 + (1-lambda) u_j - eta F~ ), lambda = a/(j + 2a)";
  plug.reference =
      "Vireo; the iteration and its analysis after Cai, Alacaoglu, Diakonikolas, ICLR 2024, the estimator after "
      "Gorbunov, Burlachenko, Li, Richtarik, MARINA, ICML 2021";
  plug.parameters =
      joined(Parameter::step("step", "auto",
                             "eta; certified = auto: the largest proved; practical: 1 / "
                             "(ell (1 + rho)) with anchor=1 and the safeguard")
                 .or_named({"certified", "practical"}),
             Parameter::integer("batch", "auto",
                                "b, components that a worker samples in an iteration; auto: all, unsampled", 1)
                 .or_auto(),
             Parameter::choice("safeguard", "auto",
                               "where a residual is 10 times the least: back to its point, half the step; auto: on if "
                               "step=practical",
                               {"auto", "on", "off"}),
             component_cocoercivity_parameter(),
             CompressedHalpern::parameters(
                 "certified: the fewest guaranteed bytes; practical: min(q, 1/100), q the compressed share",
                 "1 if step=practical, else 2"));
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.best_of = "the z^k at which the estimate of F is refreshed";
  plug.average_of = "";
  plug.needs_component_cocoercivity = needs_component_cocoercivity;
  plug.make = construct<CompressedHalpern>;
  return plug;
}

}  // namespace vireo::methods
