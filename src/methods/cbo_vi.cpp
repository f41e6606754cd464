#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/elementary.hpp"
#include "methods/construct.hpp"
#include "methods/parameter_list.hpp"
#include "methods/step_size.hpp"
#include "methods/theory.hpp"
#include "particles/common.hpp"
#include "problems/residual_at.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::methods {
namespace {

/// Consensus-based optimization as a globaliser of variational inequalities: particles minimise the natural residual
///
///     R(x) = |x - prox_g(x - F(x))|,   weights R(x)^(-2 alpha) = exp(-alpha log R(x)^2),
///
/// whose smallest value is known to be 0: these weights have no scale, and a fixed alpha (20) leads to rounding. With
/// drift=on every particle also makes an extragradient step of its own after each step of the swarm,
///
///     X <- prox_{h g}(X - h F(prox_{h g}(X - h F(X)))),
///
/// which finds solutions that the residual hides among minima of its own. polish=METHOD hands over to another method
/// after `polish-after` iterations, from the consensus or the best particle, whichever has the smaller residual; what
/// it finds is taken only while the residual falls.
///
/// When it is worth it: no solution is a Minty solution (nor weakly so) nearby, or F is a black box or discontinuous.
/// Elsewhere extragradient and its relatives are better by orders of magnitude. No convergence theory is known for F
/// that is no gradient.
///
/// layout=particles: each rank evaluates F at its own particles, for problems whose F any rank can evaluate
/// (Problem::everywhere). layout=data: each rank evaluates its workers' components at all particles, 64 at a time, and
/// the exchange adds them up; particles are then held by all ranks alike. Per step: N evaluations of F, 3 N with drift.
class CboVi final : public Method {
 public:
  /// throws UsageError if the channel compresses, for layout=particles where data are dealt to the ranks, and if the
  /// step needs an L that is not known
  CboVi(const Parameters& parameters, MethodContext context);
  ~CboVi() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// while polishing: the best point so far
  [[nodiscard]] std::optional<Certificate> certificate() const override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<Measure> measures() const override;
  [[nodiscard]] IterationCost cost() const override {
    const double of_particle = h_ > 0 ? 3 : 1;
    return {.evaluations = of_particle * static_cast<double>(swarm_->settings().particles) * all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  /// F at the points of a block, one after the other
  void operator_at(const Points& points, Vector& F);
  void log_residuals(const Points& points, View out);
  void drift(double* rows, Index particles);
  void hand_over();
  void polish();
  /// the residual at z, with F = F(z)
  [[nodiscard]] double evaluate_residual(ConstView z, View F) const;

  const WholeOperator* everywhere_ = nullptr;  ///< null: layout=data
  double h_ = 0;                               ///< 0: no drift
  std::string step_text_;
  std::string polish_spec_;
  std::int64_t polish_after_ = 0;
  std::unique_ptr<Exchange> block_exchange_;  ///< of F at 64 particles; layout=data
  std::unique_ptr<particles::Swarm> swarm_;
  std::unique_ptr<Method> polisher_;
  std::int64_t k_ = 0;
  std::int64_t polishing_ = 0;  ///< 1 once it has begun
  std::int64_t found_ = 0;      ///< iteration that z_ is of, while polishing
  double R_ = 0;                ///< residual at z_, while polishing
  Vector z_, F_z_, row_, F_row_, F_block_, half_, moved_;
};

/// R^2 below this counts as this, so that its logarithm is a number: an exact solution is not dropped, but wins.
constexpr double least_square = 1e-300;

/// Lists another method's state under names of its own.
class Prefixed final : public StateList {
 public:
  Prefixed(StateList& to, std::string prefix) : to_(to), prefix_(std::move(prefix)) {}
  void global(const std::string& name, Vector& value) override { to_.global(prefix_ + name, value); }
  void per_worker(const std::string& name, WorkerVectors& value) override { to_.per_worker(prefix_ + name, value); }
  void by_segment(const std::string& name, SegmentVector& value) override { to_.by_segment(prefix_ + name, value); }
  void scalar(const std::string& name, double& value) override { to_.scalar(prefix_ + name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { to_.scalar(prefix_ + name, value); }

 private:
  StateList& to_;
  std::string prefix_;
};

CboVi::CboVi(const Parameters& parameters, MethodContext context) : Method(std::move(context)) {
  const std::string name = "cbo-vi";
  refuse_compression(context_.channel, name);
  const auto& problem = context_.oracle.operators();
  const auto& layout = parameters.text("layout");
  if (layout != "data") everywhere_ = problem.everywhere();
  if (layout == "particles" && everywhere_ == nullptr)
    throw UsageError(
        "cbo-vi: layout=particles needs an operator that any rank can evaluate, and this problem's data are "
        "dealt to the ranks; take layout=data");
  const Index d = problem.dimension();
  if (everywhere_ == nullptr)
    block_exchange_ = std::make_unique<Exchange>(context_.exchange.communicator(), context_.exchange.layout(),
                                                 Points::most * (d + 1), context_.seed);

  const bool drifts = parameters.flag("drift");
  if (drifts) {
    StepSize step(parameters, "1 / (sqrt(2) L)");
    if (step.needs_automatic() || context_.constants.L)
      step.set_automatic(1 / (std::sqrt(2.0) * require_L(context_.constants, name)));
    h_ = step.value();
    step_text_ = step.text();
  }
  auto settings = particles::settings_from(name, parameters, false, problem.start_range());
  // the operator does the local work: the noise need not keep the swarm searching as long
  if (drifts && !parameters.has("s") && !parameters.has("sigma"))
    settings.motion.s = 2 * std::sqrt(parameters.has("dt") ? parameters.real("dt") : 0.01);
  const auto back = particles::bring_back(context_.regularizer, d, settings.bounds);
  auto settle = !drifts ? back : particles::Swarm::Settle([this, back](double* rows, Index particles) {
    if (back) back(rows, particles);
    drift(rows, particles);
  });
  swarm_ = std::make_unique<particles::Swarm>(
      std::move(settings),
      particles::Swarm::Place{.exchange = context_.exchange,
                              .spread = everywhere_ != nullptr ? Spread::split : Spread::replicated,
                              .seed = context_.seed,
                              .dimension = d,
                              .calls = everywhere_ != nullptr ? problem.components() : 0,
                              .with_best = true},
      std::move(settle));
  z_.resize(d);
  row_.resize(d);
  half_.resize(d);
  F_row_.resize(d);
  F_z_.resize(d);

  polish_after_ = static_cast<std::int64_t>(parameters.integer("polish-after"));
  polish_spec_ = parameters.text("polish");
  if (polish_spec_ == "none") polish_spec_.clear();
  if (!polish_spec_.empty()) {
    if (!context_.make_method) throw UsageError("cbo-vi: polish is not possible here");
    if (Spec::parse(polish_spec_).name == name) throw UsageError("cbo-vi: polish names cbo-vi itself");
    polisher_ = context_.make_method(polish_spec_);
  }
}

CboVi::~CboVi() = default;

double CboVi::evaluate_residual(ConstView z, View F) const {
  return problems::residual_at(context_.oracle.problem(), context_.exchange, context_.regularizer, z, F);
}

void CboVi::operator_at(const Points& points, Vector& F) {
  const Index d = points.dimension();
  const Index n = points.size();
  if (everywhere_ != nullptr) {
    F.resize(n * d);
    for (Index p = 0; p < n; ++p) {
      points.copy(p, row_);
      everywhere_->operator_at(row_, View(F).subspan(p * d, d));
    }
    return;
  }
  // A particle where F is not finite must not end the run: its place is 0, and the numbers at the end tell which it is.
  F.resize(Points::most * (d + 1));
  block_exchange_->book_to(context_.exchange.ledger());
  block_exchange_->mean(
      [&](Index m, View out) {
        std::ranges::fill(out, 0.0);
        for (Index p = 0; p < n; ++p) {
          points.copy(p, row_);
          const View here = out.subspan(p * d, d);
          context_.oracle.mean(m, row_, here);
          if (kernels::all_finite(here)) continue;
          std::ranges::fill(here, 0.0);
          out[Points::most * d + p] = 1;
        }
      },
      F);
  for (Index p = 0; p < n; ++p)
    if (F[Points::most * d + p] > 0) F[p * d] = std::numeric_limits<double>::quiet_NaN();
}

/// out = log R^2
void CboVi::log_residuals(const Points& points, View out) {
  const Index d = points.dimension();
  operator_at(points, F_block_);
  for (Index p = 0; p < points.size(); ++p) {
    points.copy(p, row_);
    const double R = natural_residual(row_, ConstView(F_block_).subspan(p * d, d), context_.regularizer);
    if (!std::isfinite(R))
      out[p] = R;
    else  // the square of a large residual overflows
      out[p] = R < 1e150 ? elementary::log(std::max(R * R, least_square)) : 2 * elementary::log(R);
  }
}

/// X <- prox_{h g}(X - h F(prox_{h g}(X - h F(X)))), for all particles of a block
void CboVi::drift(double* rows, Index particles) {
  const auto& g = context_.regularizer;
  const Index d = row_.size();
  const auto add_to = [&](View x, Index p) {
    kernels::axpy(-h_, ConstView(F_block_).subspan(p * d, d), x);
    g.prox(h_, x);
  };
  moved_.assign(rows, rows + Points::most * d);
  operator_at(Points(rows, particles, d), F_block_);
  Index p = 0;
  particles::for_points(moved_.data(), particles, d, [&](View x) { add_to(x, p++); });
  operator_at(Points(moved_.data(), particles, d), F_block_);
  p = 0;
  particles::for_points(rows, particles, d, [&](View x) { add_to(x, p++); });
  if (everywhere_ != nullptr)
    context_.exchange.ledger().oracle_calls +=
        2 * static_cast<std::int64_t>(particles * context_.oracle.problem().components());
}

void CboVi::start(ConstView z0) {
  swarm_->start(z0, [this](const Points& points, View out) { log_residuals(points, out); });
  z_.assign(swarm_->consensus().begin(), swarm_->consensus().end());
}

void CboVi::iterate() {
  ++k_;
  if (polisher_ && k_ > polish_after_) {
    if (polishing_ == 0) hand_over();
    polish();
    return;
  }
  swarm_->step([this](const Points& points, View out) { log_residuals(points, out); });
  std::ranges::copy(swarm_->consensus(), z_.begin());
}

/// From the consensus or the best particle, whichever has the smaller residual.
void CboVi::hand_over() {
  polishing_ = 1;
  R_ = evaluate_residual(z_, F_z_);
  Vector F_best(z_.size());
  const double R_best = evaluate_residual(swarm_->best(), F_best);
  if (!(R_ <= R_best)) {
    std::ranges::copy(swarm_->best(), z_.begin());
    F_z_ = F_best;
    R_ = R_best;
  }
  found_ = k_;
  polisher_->start(z_);
}

/// One iteration of the polishing method; its point is taken if the residual there is smaller.
void CboVi::polish() {
  polisher_->iterate();
  const auto certificate = polisher_->certificate();
  Vector F;
  ConstView point, at_point;
  double R = 0;
  if (certificate) {
    point = certificate->point;
    at_point = certificate->F;
    R = natural_residual(point, at_point, context_.regularizer);
  } else {
    point = polisher_->point();
    F.resize(z_.size());
    R = evaluate_residual(point, F);
    at_point = F;
  }
  if (!(R < R_)) return;
  R_ = R;
  found_ = k_;
  std::ranges::copy(point, z_.begin());
  std::ranges::copy(at_point, F_z_.begin());
}

std::optional<Certificate> CboVi::certificate() const {
  if (polishing_ == 0) return std::nullopt;
  return Certificate{z_, F_z_, found_};
}

void CboVi::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("polishing", polishing_);
  state.scalar("found", found_);
  state.scalar("R", R_);
  state.global("z", z_);
  swarm_->list_state(state, "swarm_");
  if (polishing_ == 0) return;
  Prefixed polisher(state, "polish_");
  polisher_->list_state(polisher);
}

void CboVi::restore() {
  if (polishing_ == 0) return;
  evaluate(z_, F_z_);
  polisher_->restore();
}

std::vector<Measure> CboVi::measures() const {
  auto all = particles::measures_of(*swarm_);
  all.front().definition = "smallest log R^2 that a particle had in any step so far, R being the natural residual";
  return all;
}

std::vector<std::pair<std::string, std::string>> CboVi::description() const {
  auto lines = particles::describe(swarm_->settings());
  lines.emplace_back("drift", h_ > 0 ? "an extragradient step of " + step_text_ : "none");
  lines.emplace_back("layout", everywhere_ ? "particles split over ranks" : "data split over ranks");
  if (polisher_) lines.emplace_back("polish", polish_spec_ + " after " + std::to_string(polish_after_) + " iterations");
  return lines;
}

}  // namespace

MethodPlugIn cbo_vi() {
  MethodPlugIn plug;
  plug.name = "cbo-vi";
  plug.summary =
      "a globaliser: worth it where F is not monotone and has no Minty solution near, or is a black box; elsewhere "
      "extragradient is better by orders of magnitude";
  plug.formula =
      "cbo on log R(x)^2, R = |x - prox(x - F(x))|; then X^i <- prox(X^i - h F(prox(X^i - h F(X^i)))) (drift)";
  plug.reference =
      "consensus: as cbo; drift after Riedl, Leveraging memory effects and gradient information in CBO, with "
      "F in place of the gradient; made for Vireo";
  plug.parameters = joined(particles::parameters_of_particles({.particles = "200", .alpha = "20", .alpha_factor = "1"}),
                           Parameter::flag("drift", "on", "an extragradient step per particle and step"),
                           Parameter::step("step", "auto", "h of the drift; auto: 1 / (sqrt(2) L)"), L_parameter(),
                           Parameter::choice("layout", "auto",
                                             "what is split over the ranks; auto: particles if the "
                                             "operator can be evaluated anywhere",
                                             {"auto", "particles", "data"}),
                           Parameter::spec("polish", "none", "method that takes over, or none"),
                           Parameter::integer("polish-after", "500", "iterations before polish takes over", 0));
  plug.best_of = "the z^k of the method that polishes";
  plug.average_of = "";
  plug.certifies = [](const Parameters& parameters) { return parameters.text("polish") != "none"; };
  plug.make = construct<CboVi>;
  return plug;
}

}  // namespace vireo::methods
