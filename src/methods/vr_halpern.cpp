#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "methods/cocoercive.hpp"
#include "methods/component_batch.hpp"
#include "methods/construct.hpp"
#include "methods/estimated_halpern.hpp"
#include "methods/halpern_certificate.hpp"
#include "methods/parameter_list.hpp"
#include "methods/theory.hpp"

namespace vireo::methods {
namespace {

/// Variance-reduced Halpern iteration (Cai, Alacaoglu, Diakonikolas, "Variance reduced Halpern iteration for finite-sum
/// monotone inclusions", ICLR 2024, Algorithm 1): the estimate of F is PAGE's (Li, Bao, Zhang, Richtarik, ICML 2021),
///
///     F~_j = F(u_j) with probability p_j, else F~_{j-1} + F_S(u_j) - F_S(u_{j-1}),    S: b of all n components,
///
/// in the iteration of EstimatedHalpern, which see for restarts and the safeguard. F is (1/ell)-cocoercive on average,
///
///     <F(u) - F(v), u - v> >= (1/ell) mean_i ||F_i(u) - F_i(v)||^2
///
/// (cocoercivity_component; F_i / (n p_i) for F_i where components are drawn by a law p), and the last iterate has
/// E||F(u_k) + g_k|| <= 4 ||u_0 - u*|| / (eta (k+3)) + O(k^{-3/2}): O(n log n + sqrt(n) ell D / eps) component
/// evaluations to a residual eps, where a deterministic Halpern iteration takes O(n ell_F D / eps), ell_F being the
/// constant of F alone. So it pays where sqrt(n) ell_F / ell is large, and not where that is small.
///
///     parameters=  |  p                     |  b                   |  eta ell
///     paper        |  4 / (sqrt n + 5)      |  sqrt n              |  1/4
///     certified    |  1 / (2 sqrt n)        |  sqrt n / 4          |  the largest that cert_eta proves, if g = 0,
///                  |  2 / sqrt n            |  sqrt n              |  likewise, with g
///     aggressive   |  1 / (2 sqrt n)        |  sqrt n / 4          |  1, with the safeguard
///
/// `certified` is the choice of p and b with the least guaranteed number of evaluations; given ones are certified as
/// they are. Where 2 b >= n, F itself is evaluated: it costs no more. Refuses operators not known to be cocoercive on
/// average. Per iteration: 2 b evaluations of components, in one pass over them, and one vector from each worker with a
/// component in S; at a refresh n evaluations and a vector from each.
class VrHalpern final : public EstimatedHalpern {
 public:
  static constexpr const char* name = "vr-halpern";

  /// throws UsageError if the channel compresses, and for F that is not known to be cocoercive on average
  VrHalpern(const Parameters& parameters, MethodContext context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  [[nodiscard]] double share_of_difference() const override { return 2 * batch_->cost(); }
  void refresh(ConstView u, View estimate) override { evaluate(u, estimate); }
  void difference(std::int64_t k, ConstView u, ConstView v, View D) override { batch_->difference(k, u, v, D); }

 private:
  [[nodiscard]] Settings choose(const Parameters& parameters);

  std::optional<ComponentBatch> batch_;  ///< S
  double gain_ = 0;                      ///< sqrt(n) ell_F / ell; 0: not known
};

enum class Preset : std::uint8_t { paper, certified, aggressive };

Preset preset_of(const std::string& text) {
  if (text == "paper") return Preset::paper;
  return text == "certified" ? Preset::certified : Preset::aggressive;
}

/// p and b over sqrt n
struct Shares {
  double probability;
  double batch;
};

Shares shares_of(Preset preset, bool composite, double n) {
  const double root = std::sqrt(n);
  if (preset == Preset::paper) return {4 / (root + 5), root};
  if (preset == Preset::certified && composite) return {2 / root, root};
  return {1 / (2 * root), root / 4};
}

VrHalpern::VrHalpern(const Parameters& parameters, MethodContext context) : EstimatedHalpern(std::move(context)) {
  refuse_compression(context_.channel, name);
  set(choose(parameters));
}

EstimatedHalpernSettings VrHalpern::choose(const Parameters& parameters) {
  const double ell = require_cocoercivity_of_components(context_.constants, context_.allow_unproven, name);
  const auto n = static_cast<double>(context_.oracle.components());
  if (context_.constants.cocoercivity)
    gain_ = std::sqrt(n) * context_.constants.cocoercivity->value / ell;
  else if (context_.constants.L)
    gain_ = std::sqrt(n) * context_.constants.L->value / ell;

  const auto preset = preset_of(parameters.text("parameters"));
  const bool composite = !context_.regularizer.zero();
  const auto [p, b] = shares_of(preset, composite, n);
  Settings chosen{.step = StepSize(parameters, ""),
                  .probability = parameters.has("probability") ? parameters.real("probability") : std::min(1.0, p),
                  .anchor = parameters.has("anchor") ? parameters.integer("anchor") : 2,
                  .restart = parameters.flag("restart"),
                  .safeguard = parameters.text("safeguard") == "auto" ? preset == Preset::aggressive
                                                                      : parameters.text("safeguard") == "on"};
  batch_.emplace(context_, parameters.has("batch") ? parameters.integer("batch") : static_cast<Index>(std::ceil(b)));
  if (2 * batch_->size() >= context_.oracle.components()) chosen.probability = 1;

  double eta_ell = 1;
  const char* how = "1 / ell, not proved";
  switch (preset) {
    case Preset::paper:
      eta_ell = 0.25;
      how = "1 / (4 ell)";
      break;
    case Preset::certified:
      eta_ell = cert_eta(composite ? HalpernForm::prox : HalpernForm::plain, batch_->spread(), {chosen.probability});
      how = "certified / ell";
      break;
    case Preset::aggressive:
      break;
  }
  chosen.step.set_automatic(
      {eta_ell / ell,
       fmt::format("{}, eta ell = {:.6g}, {} = {:.6g}", how, eta_ell,
                   context_.constants.cocoercivity_component ? "ell" : "L (not known to be cocoercive)", ell)});
  if (preset == Preset::certified) chosen.certified = chosen.step.automatic();
  return chosen;
}

std::vector<std::pair<std::string, std::string>> VrHalpern::description() const {
  auto lines = EstimatedHalpern::description();
  lines.emplace_back("batch", batch_->text());
  constexpr double worthwhile = 10;
  if (gain_ > 0 && gain_ < worthwhile)
    lines.emplace_back("warning", fmt::format("sqrt(n) ell_F / ell = {:.3g} is below 10: the deterministic method "
                                              "halpern is likely to need fewer evaluations",
                                              gain_));
  return lines;
}

}  // namespace

MethodPlugIn vr_halpern() {
  MethodPlugIn plug;
  plug.name = VrHalpern::name;
  plug.summary =
      "Halpern iteration on sampled components: residual O(1/k) at the last iterate for sqrt(n) in place of n "
      "evaluations a step; for many cocoercive components that are alike";
  plug.formula =
      "F~ = F(u_j) with probability p_j, else F~ + F_S(u_j) - F_S(u_{j-1}), S: b components;  u_{j+1} = prox( lambda "
      "u_0 + (1-lambda) u_j - eta F~ ), lambda = 2/(j+4)";
  plug.reference =
      "Cai, Alacaoglu, Diakonikolas, Variance reduced Halpern iteration for finite-sum monotone inclusions, ICLR 2024, "
      "Algorithm 1; certified steps: a Lyapunov function for given p and b";
  plug.parameters = joined(
      Parameter::choice("parameters", "certified",
                        "paper: p = 4/(sqrt n + 5), b = sqrt n, eta = 1/(4 ell); certified: the largest proved step; "
                        "aggressive: eta = 1/ell with the safeguard",
                        {"paper", "certified", "aggressive"}),
      Parameter::step("step", "auto", "eta; auto: by `parameters`"),
      Parameter::integer("batch", "auto", "b, components that are sampled in a step, of all n; auto: by `parameters`",
                         1)
          .or_auto(),
      Parameter::choice("safeguard", "auto",
                        "where a residual is 10 times the least: back to its point, half the step; auto: on if "
                        "parameters=aggressive",
                        {"auto", "on", "off"}),
      component_cocoercivity_parameter(), VrHalpern::parameters("by `parameters`", "2"));
  plug.default_return = "best";
  plug.best_of = "the z^k at which the estimate of F is refreshed";
  plug.average_of = "";
  plug.needs_component_cocoercivity = needs_component_cocoercivity;
  plug.make = construct<VrHalpern>;
  return plug;
}

}  // namespace vireo::methods
