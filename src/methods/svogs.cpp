#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/inner_solve.hpp"
#include "methods/optimistic_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/refresh.hpp"
#include "methods/safeguarded_step.hpp"
#include "methods/similar_workers.hpp"
#include "methods/varying_step.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Stochastic variance-reduced optimistic gradient sliding (Zhou, Ye, Luo, "Near-optimal distributed minimax
/// optimization under the second-order similarity", NeurIPS 2024, Algorithm 1): few of the workers take part in a
/// round, and the server solves for the operator F_1 of worker 0, which it holds.
///
///     S^k: b workers, uniform and independent;   G_j = F_j - F_1,  G = F - F_1
///     delta^k = G(w^{k-1}) + (1/b) sum_{j in S^k} ( G_j(z^k) - G_j(w^{k-1}) + alpha [G_j(z^k) - G_j(z^{k-1})] )
///     v^k     = (1 - gamma) z^k + gamma w^k - eta delta^k
///     z^{k+1}: eta ( F_1(z^{k+1}) + dg(z^{k+1}) ) + z^{k+1} - v^k = e,   e = 0 up to the accuracy below
///     w^{k+1} = z^{k+1} with probability p, else w^k;          w^{-1} = z^{-1} = w^0 = z^0
///
/// Parameters, with n workers, delta = max(similarity, similarity_first, mu), and gamma = p (Theorems 1 and 2):
///     mu > 0: b = ceil(min(sqrt n, delta/mu)),   p = 1 / (min(sqrt n, delta/mu) + 8)
///     mu = 0: b = ceil(sqrt n), p = 1 / (sqrt n + 8), alpha = 1, and the average of the z^k is the point to return
/// The paper has eta = min( sqrt(alpha p b) / (4 delta), 1 / (32 delta) ), with one delta, at least ||J_m - J|| for
/// all m. The proof of optimistic_masha.cpp, with G for F there, allows an eta that is ten times longer as a rule: the
/// largest for which (OptimisticTheory)
///     (17/8) r eta^2 N^2 (1 + zeta) <= alpha p,
///     2 eta similarity_first + (17/8) r eta^2 N^2 (1 + 1/zeta) <= 15/16 - p - r eta mu / 2
/// has a zeta > 0, where N = similarity / sqrt(b), alpha = 1 - min( eta mu / (3 + eta mu), p/2 ) and r = 1 / (1 - eta
/// similarity_first); then E Phi_{k+1} <= alpha Phi_k, where Phi is Psi of that
/// proof with 1 + eta mu for 1 + 2 eta mu, similarity_first for L, and 15/16 - p - r eta mu / 2 for 1 - p. Of the
/// sampled workers it takes the mean square, which is `similarity`; a given delta stands for both. r is there because
/// F is monotone and F_1 need not be: F_1 + dg is monotone up to -similarity_first, and its resolvent r-Lipschitz.
///
/// step=adaptive begins with this step, and goes on by safeguarded_step.hpp.
///
/// Accuracy: ||e|| <= sigma ||z^{k+1} - z^k||, sigma = inner-tolerance, auto min(sqrt(eta mu), 1) / 4: then
///     2 <e, z^{k+1} - z*> <= eta mu ||z^{k+1} - z*||^2 + ||z^{k+1} - z^k||^2 / 16,
/// and with the exact solution y without noise, ||z^{k+1} - y|| <= r (eta ||xi|| + ||e||), so that -2 eta E<xi,
/// z^{k+1} - z^k> <= r ((2 + 1/8) eta^2 E||xi||^2 + 8 ||e||^2), the last of which is at most r (eta mu / 2) ||z^{k+1}
/// - z^k||^2. mu = 0: sigma = 1e-6, a choice.
///
/// Cost per iteration: 2 evaluations of F_j for each sampled worker and 2 (inner steps) of F_1; b vectors up (a worker
/// that is sampled twice sends once) and 1 vector down to all, not compressed; with probability p an evaluation of F,
/// whose F_m are sent up. What is computed from them stays with the server.
class Svogs final : public Method {
 public:
  static constexpr const char* name = "svogs";

  /// throws UsageError if the channel compresses, and if step=auto needs a similarity that is not known
  Svogs(const Parameters& parameters, MethodContext context);
  ~Svogs() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot of the iteration
  [[nodiscard]] std::optional<Certificate> certificate() const override {
    return Certificate{snapshot_, F_snapshot_, refreshed_};
  }
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = 2 * static_cast<double>(batch_) / static_cast<double>(context_.exchange.layout().workers()) *
                           all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;
  [[nodiscard]] std::vector<Measure> measures() const override {
    return step_measure(adaptive_, "the step of the next iteration");
  }

 private:
  void choose(const Parameters& parameters);
  void settle();
  void prepare();
  void begin_at(ConstView z);
  void after_refresh();
  [[nodiscard]] std::string why_unproved() const;
  void exchange_snapshot(bool at_z);
  void sample();
  void solve_on_server(View z_next);
  [[nodiscard]] bool coin(std::int64_t k) const;
  [[nodiscard]] bool has_first() const { return context_.exchange.workers().contains(0); }

  StepSize step_;
  std::optional<OptimisticTheory> theory_;  ///< empty: a step is given
  Refresh refresh_;                         ///< p = gamma
  std::optional<SafeguardedStep> adaptive_;
  double eta_ = 0;
  double alpha_ = 1;
  double sigma_ = 0;
  Index batch_ = 1;  ///< b
  std::unique_ptr<InnerSolve> inner_;

  std::int64_t k_ = 0;
  std::int64_t refreshed_ = 0;  ///< k after which F(snapshot) was last exchanged
  Vector z_, previous_;         ///< z^k, z^{k-1}
  Vector w_, snapshot_;         ///< w^k, w^{k-1}
  Vector F_snapshot_, sampled_, next_, e_;
  WorkerVectors Fm_snapshot_;    ///< F_m(w^{k-1})
  Vector F_1_z_, F_1_previous_;  ///< F_1(z^k) and F_1(z^{k-1}), on worker 0's rank
  Vector F_1_next_;              ///< F_1(z^{k+1}), likewise
  Vector at_z_, at_previous_;    ///< a sampled worker's F_j(z^k) and F_j(z^{k-1})
  std::vector<Index> senders_;   ///< the workers in S^k, each once
  std::vector<double> times_;    ///< how often each is in S^k
};

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A checkpoint of version 0.1.0 goes on with the paper's
double alpha_of_0_1_0(double x, double p) {
  return std::max(p < 1 ? 1 - x / (6 * (1 - p)) : -infinity, 1 - p * x / (2 * p + x));
}

Svogs::Svogs(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "the largest that is proved") {
  refuse_compression(context_.channel, name);
  inner_ = std::make_unique<InnerSolve>(parameters, context_, name);
  choose(parameters);
}

Svogs::~Svogs() = default;

/// The parameters of the header.
void Svogs::choose(const Parameters& parameters) {
  const auto n = static_cast<double>(context_.exchange.layout().workers());
  const double mu = total_mu(context_.constants, context_.regularizer);

  Similarity similarity;
  if (parameters.has("delta"))
    similarity.to_mean = similarity.first = parameters.real("delta");
  else if (step_.needs_automatic())
    similarity = require_similarity(context_.constants, name);
  const bool known = parameters.has("delta") || step_.needs_automatic();
  const double delta = std::max({similarity.to_mean, similarity.first, mu});

  const double width = known && mu > 0 ? std::min(std::sqrt(n), delta / mu) : std::sqrt(n);
  batch_ = parameters.has("batch") ? parameters.integer("batch") : static_cast<Index>(std::ceil(width));
  refresh_ = Refresh(parameters.has("probability") ? parameters.real("probability") : 1 / (width + 8));
  const double p = refresh_.probability();

  if (step_.needs_automatic()) {
    const auto b = static_cast<double>(batch_);
    // p > 1/2 is treated like 1/2, which leaves room for a step
    theory_ = {.L = similarity.first,
               .N = similarity.to_mean / std::sqrt(b),
               .probability = std::min(p, 0.5),
               .mu = mu,
               .c = 1,
               .f = 17.0 / 16,
               .room = 15.0 / 16,
               .inexact = 0.5,
               .lacking = similarity.first};
    step_.set_automatic(
        finite_step(theory_->step(), mu > 0 ? 1 / (2 * delta) : infinity, name),
        fmt::format("similarity = {:.6g}, similarity_first = {:.6g}", similarity.to_mean, similarity.first));
    step_.set_former(
        std::min(std::sqrt((mu > 0 ? 63.0 / 64 : 1.0) * p * b) / (4 * similarity.to_mean), 1 / (32 * delta)));
  }
  if (!step_.named().empty()) adaptive_.emplace(step_.automatic(), why_unproved().empty() ? step_.automatic() : 0, 1.1);
  settle();
}

std::string Svogs::why_unproved() const {
  if (refresh_.probability() > 0.5) return "probability above 1/2";
  if (inner_->fixed() || inner_->tolerance()) return "how the inner problem is solved is given";
  return context_.allow_unproven ? "--allow-unproven" : "";
}

/// What follows from the step
void Svogs::settle() {
  eta_ = value_of(adaptive_, step_);
  const double mu = total_mu(context_.constants, context_.regularizer);
  alpha_ = OptimisticTheory{.probability = refresh_.probability(), .mu = mu, .c = 1}.alpha(eta_);
  sigma_ = inner_->tolerance().value_or(mu > 0 ? std::min(0.25, std::sqrt(eta_ * mu) / 4) : 1e-6);
}

/// b_k: w^{k+1} = z^{k+1}
bool Svogs::coin(std::int64_t k) const { return refresh_.happens(context_.seed, k); }

/// S^k
void Svogs::sample() {
  random::Stream stream(
      {.seed = context_.seed, .purpose = random::Purpose::participants, .iteration = draw_number(k_)});
  std::map<Index, double> drawn;
  for (Index i = 0; i < batch_; ++i) drawn[stream.below(context_.exchange.layout().workers())] += 1;
  senders_.clear();
  times_.clear();
  for (const auto& [worker, times] : drawn) {
    senders_.push_back(worker);
    times_.push_back(times);
  }
}

/// F_m and F at the snapshot, for the server; at z^k, worker 0's is known
void Svogs::exchange_snapshot(bool at_z) {
  context_.exchange.mean(
      Round{.channel = Channel{}, .audience = Audience::server},
      [&](Index m, View x) {
        if (m == 0 && at_z)
          std::ranges::copy(F_1_z_, Fm_snapshot_[m].begin());
        else
          context_.oracle.mean(m, snapshot_, Fm_snapshot_[m]);
        std::ranges::copy(Fm_snapshot_[m], x.begin());
      },
      F_snapshot_);
}

void Svogs::prepare() {
  F_snapshot_ = sampled_ = next_ = e_ = F_1_z_ = F_1_previous_ = F_1_next_ = at_z_ = at_previous_ = z_;
  Fm_snapshot_ = WorkerVectors(context_.exchange.workers(), z_.size());
  exchange_snapshot(false);
}

void Svogs::start(ConstView z0) {
  begin_at(z0);
  if (!adaptive_) return;
  adaptive_->start(z_, natural_residual(snapshot_, F_snapshot_, context_.regularizer));
}

/// What the residual of a new snapshot means for the step
void Svogs::after_refresh() {
  const double residual = natural_residual(snapshot_, F_snapshot_, context_.regularizer);
  if (adaptive_->goes_back(snapshot_, residual)) begin_at(adaptive_->best());
  settle();
}

void Svogs::begin_at(ConstView z) {
  z_.assign(z.begin(), z.end());
  previous_ = w_ = snapshot_ = z_;
  refreshed_ = k_;
  prepare();
  if (!has_first()) return;
  const ConstView F_1 = Fm_snapshot_[0];
  F_1_z_.assign(F_1.begin(), F_1.end());
  F_1_previous_ = F_1_z_;
}

/// z^{k+1} and F_1(z^{k+1}), on worker 0's rank
void Svogs::solve_on_server(View z_next) {
  // delta^k = F(w^{k-1}) + the sampled mean - F_1(z^k) - alpha (F_1(z^k) - F_1(z^{k-1}))
  Vector v(F_snapshot_);
  kernels::axpy(1.0, sampled_, v);
  kernels::axpy(-(1 + alpha_), F_1_z_, v);
  kernels::axpy(alpha_, F_1_previous_, v);

  // v = (1 - gamma) z^k + gamma w^k - eta delta^k
  kernels::scale(-eta_, v);
  kernels::axpy(refresh_.tau(), z_, v);
  kernels::axpy(refresh_.probability(), w_, v);

  std::ranges::copy(z_, z_next.begin());
  F_1_next_ = F_1_z_;
  const auto allowed = [&](ConstView y) { return sigma_ * kernels::distance(y, z_); };
  inner_->run(eta_, v, allowed, z_next, F_1_next_, e_);
}

void Svogs::iterate() {
  // (1/b) sum_{j in S} ( F_j(z^k) - F_j(w^{k-1}) + alpha [F_j(z^k) - F_j(z^{k-1})] )
  sample();
  context_.exchange.mean(
      Round{.channel = Channel{},
            .iteration = draw_number(k_),
            .senders = senders_,
            .divisor = static_cast<double>(batch_),
            .audience = Audience::server},
      [&](Index j, View x) {
        if (j == 0) {
          at_z_ = F_1_z_;
          at_previous_ = F_1_previous_;
        } else {
          context_.oracle.mean_pair(j, z_, previous_, at_z_, at_previous_);
        }
        kernels::combine(1 + alpha_, at_z_, -alpha_, at_previous_, x);
        kernels::axpy(-1.0, Fm_snapshot_[j], x);
        const auto place = std::ranges::lower_bound(senders_, j) - senders_.begin();
        kernels::scale(times_[static_cast<std::size_t>(place)], x);
      },
      sampled_);

  // server: z^{k+1}
  context_.exchange.broadcast_from(
      0, [&](View out) { solve_on_server(out); }, next_);

  // w^k is the next iteration's snapshot; if it is a new one, it is z^k
  const bool refreshed = k_ > 0 && coin(k_ - 1);
  if (refreshed) {
    snapshot_ = w_;
    refreshed_ = k_ + 1;
    exchange_snapshot(true);
  }
  // w^{k+1} = z^{k+1} with probability p
  if (coin(k_)) w_ = next_;

  previous_.swap(z_);
  z_.swap(next_);
  F_1_previous_.swap(F_1_z_);
  F_1_z_.swap(F_1_next_);
  ++k_;
  if (refreshed && adaptive_) after_refresh();
}

void Svogs::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("refreshed", refreshed_);
  refresh_.list_state(state);
  list_step(state, adaptive_, step_);
  settle();
  if (state.has_scalar("alpha"))
    state.scalar("alpha", alpha_);
  else
    alpha_ = alpha_of_0_1_0(eta_ * total_mu(context_.constants, context_.regularizer), refresh_.probability());
  state.global("z", z_);
  state.global("z_previous", previous_);
  state.global("w", w_);
  state.global("w_previous", snapshot_);
}

void Svogs::restore() {
  prepare();
  if (has_first()) context_.oracle.mean_pair(0, z_, previous_, F_1_z_, F_1_previous_);
}

std::vector<std::pair<std::string, std::string>> Svogs::description() const {
  return {{"step", step_.text() + (adaptive_ ? SafeguardedStep::text(why_unproved()) : "")},
          {"sampling", fmt::format("b = {} of {} workers in each round, p = gamma = {:.6g}, alpha = {:.6g}", batch_,
                                   context_.exchange.layout().workers(), refresh_.probability(), alpha_)},
          {"inner solve", inner_->description(fmt::format("||e|| <= {:.3g} ||z^{{k+1}} - z^k||", sigma_))}};
}

std::vector<Rate> Svogs::rates() const {
  const auto& constants = context_.constants;
  if (adaptive_ || context_.allow_unproven || !theory_ || !theory_->proves(eta_ / (1 + step_slack)) ||
      !monotone(constants))
    return {};
  if (inner_->fixed() || inner_->tolerance() || theory_->probability != refresh_.probability()) return {};
  return linear_rates(std::nullopt, std::sqrt(alpha_), true,
                      "E Phi_k <= alpha^k Phi_0, with alpha and Phi of svogs.cpp", context_);
}

}  // namespace

MethodPlugIn svogs() {
  MethodPlugIn plug;
  plug.name = Svogs::name;
  plug.summary =
      "similar workers of whom few take part in a round, and a step of the size 1/delta that is solved for on worker "
      "0's operator; the fewest rounds where workers are alike";
  plug.formula =
      "delta_k = G(w-) + (1/b) sum_{j in S} ( G_j(z) - G_j(w-) + alpha [G_j(z) - G_j(z-)] ), G_j = F_j - F_1;  z+: eta "
      "(F_1(z+) + dg(z+)) + z+ = (1 - gamma) z + gamma w - eta delta_k;  w+ = z+ with probability p";
  plug.reference =
      "Zhou, Ye, Luo, Near-optimal distributed minimax optimization under "
      "the second-order similarity, NeurIPS 2024, Algorithm 1";
  plug.parameters = joined(
      Parameter::step("step", "adaptive",
                      "eta; auto: the largest that is proved, at most 0.4 / similarity_first; adaptive: grows from "
                      "there, and is taken back where the residual does")
          .or_named({"adaptive"})
          .formerly("auto"),
      Parameter::integer("batch", "auto", "b, workers sampled in each round; auto: min(sqrt(n), delta/mu), rounded up",
                         1, 1 << 20)
          .or_auto(),
      Parameter::real("probability", "auto", "p = gamma, of a refresh; auto: 1 / (min(sqrt(n), delta/mu) + 8)", 0, 1)
          .open_below()
          .or_auto(),
      delta_parameter("largest difference between the workers' Jacobians and their mean"),
      InnerSolve::parameters("||e|| over ||z^{k+1} - z^k||; auto: sqrt(eta mu)/4, 1e-6 if mu = 0"),
      without("L_tilde", constant_parameters()));
  plug.default_return = "best";
  plug.needs_similarity = needs_similarity;
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^k";
  plug.make = construct<Svogs>;
  return plug;
}

}  // namespace vireo::methods
