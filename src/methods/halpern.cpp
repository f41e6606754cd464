#include <algorithm>
#include <cmath>
#include <string>

#include "methods/construct.hpp"
#include "methods/rates.hpp"
#include "methods/restart.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {
namespace {

/// Halpern iteration on the forward-backward map (Halpern 1967; the rate: Lieder, "On the convergence rate of the
/// Halpern iteration", Optimization Letters 15, 2021; Diakonikolas, COLT 2020):
///
///     T z     = prox_{gamma g}( z - gamma F(z) )
///     z^{k+1} = z^0 / (k+2) + (k+1)/(k+2) T z^k
///
/// F is (1/ell)-cocoercive, <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2; then T is nonexpansive for gamma <= 2/ell, and
/// ||z^k - T z^k|| <= 2 ||z^0 - z*|| / (k+1). With gamma = auto = 2/ell, at the last iterate, D = ||z^0 - z*||:
///
///     ||z^k - T z^k|| / gamma <= ell D / (k+1),      which is ||F(z^k)|| if g = 0.
///
/// restart=on: where restart_is_due, z^k becomes the new z^0 and k in the formula 0: then it converges linearly on
/// strongly monotone (and other sharp) problems. Refuses operators not known to be cocoercive. Per iteration: 1
/// evaluation of F.
class Halpern final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, and for F that is not known to be cocoercive
  Halpern(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void restart_if_due();

  bool restart_;
  Vector anchor_;        ///< z^0, or where the last restart was
  std::int64_t j_ = 0;   ///< iterations since then
  double first_ = 0;     ///< ||z - T z|| there
  double previous_ = 0;  ///< ||z - T z|| one iteration ago
  Vector T_z_;
};

Halpern::Halpern(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("halpern", parameters, std::move(context)), restart_(parameters.flag("restart")) {
  const double ell = require_cocoercivity(context_.constants, context_.allow_unproven, name_);
  step_from(parameters, 2 / ell,
            context_.constants.cocoercivity ? "2 / cocoercivity" : "2 / L (not known to be cocoercive)");
}

void Halpern::start(ConstView z0) {
  DeterministicMethod::start(z0);
  anchor_ = T_z_ = z_;
}

void Halpern::iterate() {
  // T z^k = prox_{gamma g}( z^k - gamma F(z^k) )
  kernels::add_scaled(z_, -gamma_, F_z_, T_z_);
  context_.regularizer.prox(gamma_, T_z_);

  if (restart_) restart_if_due();

  // z^{k+1} = z^0 / (j+2) + (j+1)/(j+2) T z^k,   j counted from the last restart
  const auto j = static_cast<double>(j_);
  kernels::combine(1 / (j + 2), anchor_, (j + 1) / (j + 2), T_z_, z_);

  evaluate(z_, F_z_);
  ++j_;
  ++k_;
}

void Halpern::restart_if_due() {
  const double error = kernels::distance(z_, T_z_);
  if (restart_is_due(error, first_, previous_, j_, k_)) {
    anchor_ = z_;
    j_ = 0;
  }
  if (j_ == 0) first_ = error;
  previous_ = error;
}

void Halpern::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("z0", anchor_);
  state.scalar("since_restart", j_);
  state.scalar("error_at_restart", first_);
  state.scalar("previous_error", previous_);
}

void Halpern::restore() {
  DeterministicMethod::restore();
  T_z_ = z_;
}

std::vector<std::pair<std::string, std::string>> Halpern::description() const {
  auto lines = DeterministicMethod::description();
  if (restart_)
    lines.emplace_back("restart", "at 0.2 of the error, at 0.5 and growing, or after 0.36 of all iterations");
  return lines;
}

std::vector<Rate> Halpern::rates() const {
  const auto& ell = context_.constants.cocoercivity;
  if (restart_ || !certain(ell) || !(gamma_ * ell->value <= 2 * (1 + step_slack))) return {};
  // ||z - T z|| <= 2 D / (k+1); with g, the residual of step 1 is at most max(1, 1/gamma) times that of step gamma
  const bool composite = !context_.regularizer.zero();
  return {{.quantity = "residual",
           .constant = composite ? 2 * std::max(1.0, 1 / gamma_) : 2 / gamma_,
           .power = 1,
           .theorem = std::string(composite ? "2 max(1, 1/gamma) D / (k+1)" : "2 D / (gamma (k+1))") +
                      " at the last iterate (Lieder 2021)"}};
}

}  // namespace

MethodPlugIn halpern() {
  MethodPlugIn plug;
  plug.name = "halpern";
  plug.summary = "anchored forward-backward: residual O(1/k) at the last iterate, for cocoercive operators";
  plug.formula = "z^{k+1} = z^0/(k+2) + (k+1)/(k+2) prox(z^k - gamma F(z^k))";
  plug.reference =
      "Halpern, 1967; Lieder, On the convergence rate of the Halpern iteration, "
      "2021; restarts: Lu, Peng, Yang, cuPDLPx, 2025";
  plug.parameters = {
      Parameter::step("step", "auto", "gamma; auto: 2 / cocoercivity"),
      Parameter::flag("restart", "off", "start anew where the residual has fallen enough: linear on sharp problems"),
      Parameter::positive("cocoercivity", "",
                          "ell, F being (1/ell)-cocoercive, in place of the problem's (L if F is a convex gradient)"),
      L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "";
  plug.make = construct<Halpern>;
  return plug;
}

}  // namespace vireo::methods
