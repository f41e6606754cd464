#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/inner_solve.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/refresh.hpp"
#include "methods/similar_workers.hpp"
#include "methods/step_size.hpp"
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
/// Parameters (Theorems 1 and 2), with n workers, delta = max(similarity, similarity_first, mu), and gamma = p:
///     mu > 0: b = ceil(min(sqrt n, delta/mu)),   p = 1 / (min(sqrt n, delta/mu) + 8),
///             eta = min( sqrt(alpha p b) / (4 similarity), 1 / (32 delta) ),
///             alpha = max( 1 - eta mu / (6 (1 - p)), 1 - p eta mu / (2 p + eta mu) ):   E Phi_K <= alpha^K Phi_0
///     mu = 0: b = ceil(sqrt n), p = 1 / (sqrt n + 8), alpha = 1, and the average of the z^k is the point to return
/// The paper has one delta, at least ||J_m - J|| for all m. Its proof uses the mean square over m where workers are
/// sampled (Lemma 5), which is `similarity`, and ||J_1 - J|| for G, so these will do; a given delta stands for both.
/// alpha and eta depend on each other: eta is found with 63/64, which alpha is not below.
///
/// Accuracy: ||e|| <= sigma ||z^{k+1} - z^k||, sigma = inner-tolerance, auto min(sqrt(eta mu), 1) / 4: then
///     (2/eta) <e, z^{k+1} - z*> <= mu ||z^{k+1} - z*||^2 + ||z^{k+1} - z^k||^2 / (16 eta),
/// which the proof of Lemma 1 has to spare where its inner solution is exact. mu = 0: sigma = 1e-6, a choice.
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

 private:
  void choose(const Parameters& parameters);
  void prepare();
  void exchange_snapshot(bool at_z);
  void sample();
  void solve_on_server(View z_next);
  [[nodiscard]] bool coin(std::int64_t k) const;
  [[nodiscard]] bool has_first() const { return context_.exchange.workers().contains(0); }

  StepSize step_;
  double eta_ = 0;
  double probability_ = 0;  ///< p = gamma
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

Svogs::Svogs(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "min( sqrt(alpha gamma b) / (4 similarity), 1 / (32 delta) )") {
  refuse_compression(context_.channel, name);
  inner_ = std::make_unique<InnerSolve>(parameters, context_, name);
  choose(parameters);
}

Svogs::~Svogs() = default;

/// The parameters of Theorems 1 and 2.
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
  probability_ = parameters.has("probability") ? parameters.real("probability") : 1 / (width + 8);
  const double gamma = probability_;

  if (step_.needs_automatic()) {
    // alpha >= 1 - eta mu / 2, and eta mu <= 1/32
    const double alpha = mu > 0 ? 63.0 / 64 : 1.0;
    step_.set_automatic(finite_step(std::sqrt(alpha * gamma * static_cast<double>(batch_)) / (4 * similarity.to_mean),
                                    1 / (32 * delta), name),
                        fmt::format("similarity = {:.6g}, delta = {:.6g}", similarity.to_mean, delta));
  }
  eta_ = step_.value();
  const double x = eta_ * mu;
  alpha_ = std::max(gamma < 1 ? 1 - x / (6 * (1 - gamma)) : -infinity, 1 - gamma * x / (2 * gamma + x));
  sigma_ = inner_->tolerance().value_or(mu > 0 ? std::min(0.25, std::sqrt(x) / 4) : 1e-6);
}

/// b_k: w^{k+1} = z^{k+1}
bool Svogs::coin(std::int64_t k) const { return Refresh(probability_).happens(context_.seed, k); }

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
  z_.assign(z0.begin(), z0.end());
  previous_ = w_ = snapshot_ = z_;
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
  kernels::axpy(1 - probability_, z_, v);
  kernels::axpy(probability_, w_, v);

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
  if (k_ > 0 && coin(k_ - 1)) {
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
}

void Svogs::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("refreshed", refreshed_);
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
  return {{"step", step_.text()},
          {"sampling", fmt::format("b = {} of {} workers in each round, p = gamma = {:.6g}, alpha = {:.6g}", batch_,
                                   context_.exchange.layout().workers(), probability_, alpha_)},
          {"inner solve", inner_->description(fmt::format("||e|| <= {:.3g} ||z^{{k+1}} - z^k||", sigma_))}};
}

std::vector<Rate> Svogs::rates() const {
  const auto& constants = context_.constants;
  if (context_.allow_unproven || !within_automatic(step_) || !monotone(constants)) return {};
  // the paper's Lemma 1 has gamma <= 1/8; a probability that is given may be larger
  if (inner_->fixed() || inner_->tolerance() || probability_ > 0.125) return {};
  return linear_rates(std::nullopt, std::sqrt(alpha_), true,
                      "E Phi_k <= alpha^k Phi_0, with alpha and Phi of Zhou, Ye, Luo, NeurIPS 2024, Theorem 1",
                      context_);
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
      Parameter::step("step", "auto", "eta; auto: min( sqrt(alpha gamma b) / (4 similarity), 1 / (32 delta) )"),
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
