#include "methods/estimated_halpern.hpp"

#include <fmt/format.h>

#include <cmath>

#include "methods/halpern_certificate.hpp"
#include "methods/rates.hpp"
#include "methods/refresh.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {

std::vector<Parameter> EstimatedHalpern::parameters(const std::string& automatic_probability,
                                                    const std::string& automatic_anchor) {
  return {Parameter::real("probability", "auto",
                          "p, the least probability of a refresh; auto: " + automatic_probability, 1e-5, 1)
              .or_auto(),
          Parameter::integer("anchor", "auto",
                             "a in lambda = a/(j + 2a): 2 is proved, 1 is faster as a rule; auto: " + automatic_anchor,
                             1, 2)
              .or_auto(),
          Parameter::flag("restart", "off",
                          "start anew where a refresh finds the residual halved: linear on sharp problems")};
}

void EstimatedHalpern::set(Settings settings) {
  settings_ = std::move(settings);
  eta_ = settings_->step.value();
}

void EstimatedHalpern::allocate() {
  previous_ = difference_ = z_;
  if (!context_.regularizer.zero()) g_.assign(z_.size(), 0.0);
}

void EstimatedHalpern::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  anchor_ = estimate_ = z_;
  if (settings_->safeguard) best_ = z_;
  allocate();
  refresh(z_, estimate_);
  if (context_.regularizer.zero()) first_ = least_ = kernels::norm(estimate_);
}

void EstimatedHalpern::iterate() {
  move();
  correct_estimate();
  if (refreshed_ == k_) after_refresh();
}

/// u_{j+1} = prox_{eta g}( lambda_j u_0 + (1 - lambda_j) u_j - eta F~_j ),   lambda_j = a / (j + 2a)
void EstimatedHalpern::move() {
  const auto& g = context_.regularizer;
  const auto a = static_cast<double>(settings_->anchor);
  const double lambda = a / (static_cast<double>(j_) + 2 * a);
  previous_.swap(z_);
  kernels::combine(lambda, anchor_, 1 - lambda, previous_, z_);
  kernels::axpy(-eta_, estimate_, z_);
  if (!g.zero()) {
    g_ = z_;
    g.prox(eta_, z_);
    kernels::combine(1 / eta_, g_, -1 / eta_, z_, g_);
  }
  ++j_;
  ++k_;
}

/// F~_j = F(u_j) with probability p_j, else F~_{j-1} + the estimate of F(u_j) - F(u_{j-1}); all ranks toss one coin
void EstimatedHalpern::correct_estimate() {
  if (Refresh(RefreshLaw{settings_->probability}(j_)).happens(context_.seed, k_)) {
    refresh(z_, estimate_);
    refreshed_ = k_;
    return;
  }
  difference(k_, z_, previous_, difference_);
  kernels::axpy(1.0, difference_, estimate_);
}

void EstimatedHalpern::after_refresh() {
  // r = ||F(u_j) + g_j||
  double r = 0;
  if (context_.regularizer.zero()) {
    r = kernels::norm(estimate_);
  } else {
    kernels::axpy(1.0, estimate_, g_);
    r = kernels::norm(g_);
  }

  constexpr double worse = 10;
  if (settings_->safeguard && !(r <= worse * least_)) {
    go_back();
    return;
  }
  if (r < least_) {
    least_ = r;
    if (settings_->safeguard) best_ = z_;
  }
  if (settings_->restart && r <= first_ / 2 && std::isfinite(first_)) {
    anchor_ = z_;
    j_ = 0;
    first_ = r;
  }
  if (std::isinf(first_)) first_ = r;
}

void EstimatedHalpern::go_back() {
  z_ = anchor_ = best_;
  refresh(z_, estimate_);
  j_ = 0;
  first_ = least_;
  eta_ /= 2;
}

std::optional<Certificate> EstimatedHalpern::certificate() const {
  if (refreshed_ != k_) return std::nullopt;
  return Certificate{z_, estimate_, k_};
}

IterationCost EstimatedHalpern::cost() const {
  const double p = settings_->probability;
  return {.evaluations = (p + (1 - p) * share_of_difference()) * all_components(), .certified = p == 1};
}

void EstimatedHalpern::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("since_restart", j_);
  state.scalar("refreshed", refreshed_);
  state.scalar("step", eta_);
  state.scalar("residual_at_restart", first_);
  state.scalar("least_residual", least_);
  state.global("z0", anchor_);
  state.global("z", z_);
  state.global("estimate", estimate_);
  if (settings_->safeguard) state.global("best", best_);
}

void EstimatedHalpern::restore() {
  allocate();
  restore_at(z_);
}

std::vector<std::pair<std::string, std::string>> EstimatedHalpern::description() const {
  std::vector<std::pair<std::string, std::string>> lines{
      {"step", settings_->step.text()},
      {"refresh", settings_->probability < 1
                      ? fmt::format("at j = 0, 1, else with probability max(4/(j+4), {:.6g})", settings_->probability)
                      : "in every iteration"},
      {"anchor", settings_->anchor == 2 ? "2/(j+4)" : "1/(j+2), faster as a rule, and not proved"}};
  if (settings_->restart) lines.emplace_back("restart", "where a refresh finds the residual halved");
  if (settings_->safeguard)
    lines.emplace_back("safeguard", "at 10 times the least residual: back to its point, with half of the step");
  return lines;
}

std::vector<Rate> EstimatedHalpern::rates() const {
  const auto& constants = context_.constants;
  const auto& s = *settings_;
  if (!(s.certified > 0) || !(s.step.value() <= s.certified * (1 + step_slack)) || s.anchor != 2 || s.restart ||
      s.safeguard || context_.allow_unproven)
    return {};
  if (!context_.regularizer.zero() || !certain(constants.cocoercivity_component) || !certain(constants.L)) return {};
  return {{.quantity = "residual",
           .constant = 4 / s.step.value() + 3 * constants.L->value,
           .power = 1,
           .shift = 3,
           .expected = true,
           .theorem = "(4/eta + 3 L) D / (k+3) in the root mean square (estimated_halpern.hpp)"}};
}

}  // namespace vireo::methods
