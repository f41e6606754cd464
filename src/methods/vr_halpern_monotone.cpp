#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "methods/component_batch.hpp"
#include "methods/construct.hpp"
#include "methods/parameter_list.hpp"
#include "methods/refresh.hpp"
#include "methods/vr_theory.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// Variance-reduced Halpern iteration for monotone operators (Cai, Alacaoglu, Diakonikolas, "Variance reduced Halpern
/// iteration for finite-sum monotone inclusions", ICLR 2024, Algorithm 2): Halpern's iteration on the resolvent, which
/// vr-forb evaluates inexactly,
///
///     v^k     ~ J(u^k),  the solution v of  0 in eta ( F(v) + dg(v) ) + v - u^k
///     u^{k+1} = u^0 / (k+2) + (k+1)/(k+2) v^k.
///
/// The inner problem is 1-strongly monotone. With A(v) = eta F(v) + v - u^k, from v = w = w_previous = u^k:
///
///     v+     = prox_{tau eta g}( (1-p) v + p w - tau [ A(w) + A_S(v) - A_S(w_previous) ] ),   S: b of all n components
///     w+     = v+ with probability p, else w,                                                w_previous+ = w
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2; single components need not be monotone. eta = auto =
/// sqrt(n) / L_component, tau = auto = 0.99 sqrt(p (1-p)) / (eta L_S + 1), p = auto = b/n (at most 1/2). Then
/// O~(n + sqrt(n) L D / eps) evaluations of components bring the residual to eps at the last iterate, D = ||u^0 - u*||,
/// where deterministic methods take O(n L D / eps).
///
/// How long the inner problem is worked on:
///     inner=length     inner-length * n log(k+2) sampled components; 0.05 by default, which is far less than is
///                      proved, and 4 to 11 times faster
///     inner=accuracy   until at a snapshot w, where this costs nothing,
///                          || eta (F(w) + g') + w - u^k || <= sigma_k ||w - u^k||
///                      with a subgradient g' of g at w; sigma_k = inner-accuracy / (sqrt(k+3) log(k+3)).
///                      By strong monotonicity the left-hand side bounds the distance of w to J(u^k).
///
/// restart=on: where the residual has halved since the last restart, u^k becomes the new u^0, and k in the formulas 0:
/// then it converges linearly on strongly monotone (and other sharp) problems.
///
/// Per iteration: one evaluation of F, which is the certificate; two evaluations of each sampled component, and one
/// vector from each worker that holds some of S; one evaluation of F for each snapshot. u^k is a convex combination of
/// points of the domain of g: F is evaluated there only.
class VrHalpernMonotone final : public Method {
 public:
  static constexpr const char* name = "vr-halpern-monotone";

  /// throws UsageError if the channel compresses, and if the steps need an L_component that is not known
  VrHalpernMonotone(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  /// u^k -> u^{k+1}, with the whole inner loop
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return u_; }
  /// F(u^k)
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{u_, F_u_, k_}; }
  /// An iteration evaluates F once at least, at u^{k+1}.
  [[nodiscard]] IterationCost cost() const override { return {.evaluations = all_components(), .certified = true}; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  void choose_steps();
  void allocate();
  [[nodiscard]] double residual();
  void restart_if_due();
  void solve_inner();
  [[nodiscard]] std::int64_t inner_steps() const;
  [[nodiscard]] bool accurate_enough();

  StepSize step_;
  StepSize inner_step_;
  double eta_ = 0;
  double tau_ = 0;
  bool by_accuracy_;
  double inner_length_;
  double inner_accuracy_;
  bool restart_;
  ComponentBatch batch_;  ///< S
  Refresh refresh_;       ///< of the inner snapshot, with probability p

  std::int64_t k_ = 0;
  std::int64_t since_restart_ = 0;  ///< k of the formulas
  std::int64_t inner_ = 0;          ///< inner steps so far: what the draws are a function of
  double residual_at_restart_ = 0;
  Vector u0_, u_, F_u_;
  Vector v_, w_, F_w_, w_previous_;
  Vector argument_;  ///< of the last prox
  Vector difference_, scratch_;
};

/// Snapshots after which an inner problem that is still not solved is given up: with the proved steps a few tens
/// suffice.
constexpr int most_snapshots = 10000;

VrHalpernMonotone::VrHalpernMonotone(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)),
      step_(parameters, "sqrt(n) / L_component"),
      inner_step_(parameters, "0.99 sqrt(p (1-p)) / (eta L_S + 1)", "inner-step"),
      by_accuracy_(parameters.text("inner") == "accuracy"),
      inner_length_(parameters.real("inner-length")),
      inner_accuracy_(parameters.real("inner-accuracy")),
      restart_(parameters.flag("restart")),
      batch_(context_, parameters),
      refresh_(parameters.has("probability") ? parameters.real("probability") : std::min(0.5, batch_.cost())) {
  refuse_compression(context_.channel, name);
  choose_steps();
}

void VrHalpernMonotone::choose_steps() {
  const double p = refresh_.probability();
  const auto n = static_cast<double>(context_.oracle.components());
  if (step_.needs_automatic() || context_.constants.L_component)
    step_.set_automatic(std::sqrt(n) / require_L_component(context_.constants, name));
  eta_ = step_.value();
  if (inner_step_.needs_automatic() || context_.constants.L_component)
    inner_step_.set_automatic(0.99 * std::sqrt(p * (1 - p)) /
                              (eta_ * sampled_constant(batch_, context_.constants, name) + 1));
  tau_ = inner_step_.value();
}

void VrHalpernMonotone::allocate() { v_ = w_ = F_w_ = w_previous_ = argument_ = difference_ = scratch_ = u_; }

void VrHalpernMonotone::start(ConstView z0) {
  u_.assign(z0.begin(), z0.end());
  u0_ = F_u_ = u_;
  allocate();
  evaluate(u_, F_u_);
  if (restart_) residual_at_restart_ = residual();
}

void VrHalpernMonotone::iterate() {
  if (restart_) restart_if_due();

  // v ~ J(u^k)
  solve_inner();

  // u^{k+1} = u^0 / (k+2) + (k+1)/(k+2) v,   k counted from the last restart
  const auto k = static_cast<double>(since_restart_);
  kernels::combine(1 / (k + 2), u0_, (k + 1) / (k + 2), v_, u_);

  evaluate(u_, F_u_);
  ++since_restart_;
  ++k_;
}

/// || u - prox_g(u - F(u)) ||
double VrHalpernMonotone::residual() {
  kernels::subtract(u_, F_u_, scratch_);
  context_.regularizer.prox(1.0, scratch_);
  return kernels::distance(u_, scratch_);
}

void VrHalpernMonotone::restart_if_due() {
  if (since_restart_ == 0) return;
  const double now = residual();
  if (now > 0.5 * residual_at_restart_) return;
  u0_ = u_;
  residual_at_restart_ = now;
  since_restart_ = 0;
}

std::int64_t VrHalpernMonotone::inner_steps() const {
  const auto n = static_cast<double>(context_.oracle.components());
  const double samples = inner_length_ * n * std::log(static_cast<double>(since_restart_) + 2);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(samples / static_cast<double>(batch_.size())));
}

/// At w = v, which has just come out of the prox: || eta (F(w) + g') + w - u || <= sigma_k ||w - u||, or there is
/// nothing but rounding left of it
bool VrHalpernMonotone::accurate_enough() {
  const double k = static_cast<double>(since_restart_) + 3;
  const double sigma = inner_accuracy_ / (std::sqrt(k) * std::log(k));
  // eta g' = (argument - w) / tau
  for (Index j = 0; j < scratch_.size(); ++j)
    scratch_[j] = eta_ * F_w_[j] + (w_[j] - u_[j]) + (argument_[j] - w_[j]) / tau_;
  const double size =
      eta_ * kernels::norm(F_w_) + kernels::norm(u_) + (kernels::norm(w_) + kernels::norm(argument_)) / tau_;
  const double rounding = 8 * std::numeric_limits<double>::epsilon() * size;
  return kernels::norm(scratch_) <= std::max(rounding, sigma * kernels::distance(w_, u_));
}

void VrHalpernMonotone::solve_inner() {
  const double p = refresh_.probability();
  v_ = w_ = w_previous_ = u_;
  F_w_ = F_u_;
  const std::int64_t steps = inner_steps();
  int snapshots = 0;
  for (std::int64_t j = 0; by_accuracy_ || j < steps; ++j, ++inner_) {
    // A(w) + A_S(v) - A_S(w_previous) = eta ( F(w) + F_S(v) - F_S(w_previous) ) + w - u + v - w_previous
    batch_.difference(inner_, v_, w_previous_, difference_);
    for (Index i = 0; i < v_.size(); ++i) {
      const double A = eta_ * (F_w_[i] + difference_[i]) + (w_[i] - u_[i]) + (v_[i] - w_previous_[i]);
      argument_[i] = (1 - p) * v_[i] + p * w_[i] - tau_ * A;
    }
    v_ = argument_;
    context_.regularizer.prox(tau_ * eta_, v_);

    // w = v with probability p
    w_previous_ = w_;
    if (!refresh_.happens(context_.seed, inner_)) continue;
    w_ = v_;
    evaluate(w_, F_w_);
    if (!by_accuracy_) continue;
    if (accurate_enough()) {
      ++inner_;
      return;
    }
    if (++snapshots == most_snapshots)
      throw NumericalError(
          fmt::format("{}: the inner problem of iteration {} was not solved with {} snapshots; a smaller "
                      "inner-step= or a larger inner-accuracy= makes it easier",
                      name, k_, most_snapshots));
  }
}

void VrHalpernMonotone::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("since_restart", since_restart_);
  state.scalar("inner", inner_);
  state.scalar("residual_at_restart", residual_at_restart_);
  state.global("u", u_);
  state.global("u0", u0_);
}

void VrHalpernMonotone::restore() {
  allocate();
  F_u_ = u_;
  evaluate(u_, F_u_);
}

std::vector<std::pair<std::string, std::string>> VrHalpernMonotone::description() const {
  std::vector<std::pair<std::string, std::string>> lines{
      {"step", "eta = " + step_.text()},
      {"inner step", "tau = " + inner_step_.text()},
      {"inner loop", by_accuracy_
                         ? fmt::format("until the error is {:g} / (sqrt(k+3) log(k+3)) of |w - u|", inner_accuracy_)
                         : fmt::format("{:g} n log(k+2) samples", inner_length_)},
      {"refresh", fmt::format("with probability p = {:.6g}, w <- v", refresh_.probability())},
      {"batch", batch_.text()}};
  if (restart_) lines.emplace_back("restart", "where the residual has halved");
  return lines;
}

}  // namespace

MethodPlugIn vr_halpern_monotone() {
  MethodPlugIn plug;
  plug.name = VrHalpernMonotone::name;
  plug.summary =
      "Halpern's iteration on the resolvent, evaluated on sampled components: the residual falls at the last iterate, "
      "for monotone operators that are sums of many";
  plug.formula =
      "u^{k+1} = u^0/(k+2) + (k+1)/(k+2) v;  v ~ J(u^k) by vr-forb on A(v) = eta F(v) + v - u^k: v = prox((1-p) v + p w "
      "- tau [A(w) + A_S(v) - A_S(w_previous)])";
  plug.reference =
      "Cai, Alacaoglu, Diakonikolas, Variance reduced Halpern iteration for "
      "finite-sum monotone inclusions, ICLR 2024, Algorithm 2";
  plug.parameters = joined(
      Parameter::step("step", "auto", "eta, of the resolvent; auto: sqrt(n) / L_component"),
      Parameter::step("inner-step", "auto", "tau; auto: 0.99 sqrt(p (1-p)) / (eta L_S + 1)"),
      Parameter::choice("inner", "length", "when the inner loop ends: see inner-length and inner-accuracy",
                        {"length", "accuracy"}),
      Parameter::positive("inner-length", "0.05", "length: sampled components in the inner loop over n log(k+2)"),
      Parameter::positive("inner-accuracy", "2",
                          "accuracy: relative error of the resolvent times sqrt(k+3) log(k+3), known at snapshots"),
      Parameter::real("probability", "auto", "p, that the inner snapshot becomes v; auto: b / n, at most 1/2", 0, 1)
          .open()
          .or_auto(),
      Parameter::flag("restart", "off", "start anew where the residual has halved: linear on sharp problems"),
      sampling_parameters());
  plug.best_of = "u^k";
  plug.average_of = "";
  plug.make = construct<VrHalpernMonotone>;
  return plug;
}

}  // namespace vireo::methods
