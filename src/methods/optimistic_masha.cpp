#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/optimistic_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/refresh.hpp"
#include "methods/safeguarded_step.hpp"
#include "methods/scaled_constants.hpp"
#include "methods/similar_workers.hpp"
#include "methods/variance.hpp"
#include "methods/varying_step.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Optimistic MASHA (Beznosikov, Gasnikov, "Compression and data similarity: combination of two techniques for
/// communication-efficient solving of distributed variational inequalities", arXiv 2206.09446): one evaluation and one
/// compressed exchange an iteration; with permk its noise is made of how the workers differ, not of what they share.
///
///     D^k     = F(w^{k-1}) + Q^serv( (1/M) sum_m Q_m( F_m(z^k) - F_m(w^{k-1}) + alpha [F_m(z^k) - F_m(z^{k-1})] ) )
///     z^{k+1} = prox_{eta g}( z^k + p (w^k - z^k) - eta D^k )
///     w^{k+1} = z^{k+1} with probability p, else w^k;          w^{-1} = z^{-1} = w^0 = z^0
///
/// For unbiased compressors whose noise is at most N ||u - v|| in the mean square for messages F_m(u) - F_m(v):
///
///     permk: N = delta = Constants::similarity;   independent draws: N^2 = (q - 1) L_ms^2 / M
///     a server's compressor: q_serv N^2 + (q_serv - 1) L^2 in place of N^2
///
/// and for mu-strongly monotone F + dg: where for some zeta > 0
///
///     2 eta^2 N^2 (1 + zeta) <= alpha p,   2 eta L + 2 eta^2 N^2 (1 + 1/zeta) <= 1 - p,
///     alpha = 1 - min( 2 eta mu / (3 + 2 eta mu), p / 2 ),
///
/// the best zeta being alpha p / (2 eta^2 N^2) - 1, of which step=auto is the largest eta,
///
///     E Psi_{k+1} <= alpha Psi_k,
///     Psi_k = (1 + 2 eta mu - s p) ||z^k - z*||^2 + s ||w^k - z*||^2 - A_k
///             + p ||w^{k-1} - z^k||^2 + (1 - p - alpha eta L) ||z^k - z^{k-1}||^2,
///     A_k = 2 eta <F(z^k) - F(z^{k-1}), z^k - z*>,   s = p / (alpha - 1 + p).
///
/// Proof: the prox at z^{k+1} and the optimality of z* give, in expectation and with xi the noise of D^k,
///
///     (1 + 2 eta mu) ||z^{k+1} - z*||^2 - A_{k+1} <= (1 - p) ||z^k - z*||^2 + p ||w^k - z*||^2 - alpha A_k
///         - (1 - p) ||z^{k+1} - z^k||^2 - p ||w^k - z^{k+1}||^2
///         - 2 eta <xi + alpha (F(z^k) - F(z^{k-1})), z^{k+1} - z^k>.
///
/// Let y be z^{k+1} as it would be without xi. E<xi, y - z^k> = 0, and ||z^{k+1} - y|| <= eta ||xi||, as the prox is
/// nonexpansive: xi costs 2 eta^2 E||xi||^2 <= 2 eta^2 N^2 ((1 + zeta) ||z^k - w^{k-1}||^2 + (1 + 1/zeta) alpha^2
/// ||z^k - z^{k-1}||^2), and the rest of the last line alpha eta L (||z^{k+1} - z^k||^2 + ||z^k - z^{k-1}||^2). With
/// the weights of Psi the two conditions are those of ||z^k - w^{k-1}||^2 and ||z^k - z^{k-1}||^2; s is such that
/// ||w^k - z*||^2 shrinks by alpha. That of ||z^k - z*||^2 is 1 - p <= alpha (1 + 2 eta mu - s p); with a = 1 - alpha
/// <= p/2, s p = p^2/(p - a) <= p + 2 a, it follows from 2 eta mu >= a (3 + 2 eta mu).
/// mu = 0: alpha = 1, and the average of the z^k is the point to return. step=adaptive begins with this step, and goes
/// on by safeguarded_step.hpp, alpha with it.
///
/// Cost per iteration: 1 evaluation of F, one compressed exchange, and with probability p an uncompressed one, which
/// needs no evaluation: F_m(w^k) is the F_m(z^k) of the same iteration.
class OptimisticMasha final : public Method {
 public:
  static constexpr const char* name = "optimistic-masha";

  /// throws UsageError for biased compressors, and if step=auto needs constants that are not known
  OptimisticMasha(const Parameters& parameters, MethodContext context);

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
  [[nodiscard]] IterationCost cost() const override { return {.evaluations = all_components()}; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;
  [[nodiscard]] std::vector<Measure> measures() const override {
    return step_measure(adaptive_, "the step of the next iteration");
  }

 private:
  void prepare();
  void begin_at(ConstView z);
  void follow_step();
  void after_refresh();
  [[nodiscard]] std::string why_unproved() const;
  [[nodiscard]] bool coin(std::int64_t k) const;

  StepSize step_;
  Refresh refresh_;
  std::optional<OptimisticTheory> theory_;  ///< empty: a step is given
  bool rests_on_workers_ = true;            ///< L_ms is in N
  std::optional<SafeguardedStep> adaptive_;
  double eta_ = 0;
  double alpha_ = 1;

  std::int64_t k_ = 0;
  std::int64_t refreshed_ = 0;  ///< k after which F(snapshot) was last exchanged
  Vector z_, previous_;         ///< z^k, z^{k-1}
  Vector w_, snapshot_;         ///< w^k, w^{k-1}
  Vector F_snapshot_, next_;
  WorkerVectors Fm_z_;         ///< F_m(z^k), while an iteration runs
  WorkerVectors Fm_previous_;  ///< F_m(z^{k-1})
  WorkerVectors Fm_snapshot_;  ///< F_m(w^{k-1})
};

const std::string name = "optimistic-masha";

/// N of the header; L_workers: L_ms
double noise_constant(const Parameters& parameters, const Constants& constants, const ChannelTheory& channel, double L,
                      double L_workers, double M) {
  double delta = 0;
  if (channel.up.draws == CompressorTheory::Draws::partition)
    delta = parameters.has("delta") ? parameters.real("delta")
                                    : require_similarity(constants, OptimisticMasha::name).to_mean;
  return with_scaled(
      [&](double mean, double each, double spread) {
        const MessageSizes sizes{.mean = mean * mean, .each = each * each, .spread = spread * spread};
        return std::sqrt(variance_both_ways(channel.up, channel.down, sizes, M));
      },
      L, L_workers, delta);
}

OptimisticMasha::OptimisticMasha(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "the largest that is proved") {
  const auto channel = require_unbiased_channel(context_, name);
  const Index M = context_.exchange.layout().workers();
  const auto& constants = context_.constants;
  refresh_ =
      Refresh(parameters.has("probability") ? parameters.real("probability") : refresh_probability(channel.up, M));
  // p > 1/2 is treated like 1/2, which leaves room for a step
  const double p = std::min(refresh_.probability(), 0.5);
  rests_on_workers_ = channel.up.q > 1 && channel.up.draws != CompressorTheory::Draws::shared;

  if (step_.needs_automatic()) {
    const double L = require_L(constants, name);
    const auto N = [&](double L_workers) {
      return noise_constant(parameters, constants, channel, L, L_workers, static_cast<double>(M));
    };
    theory_ = {
        .L = L, .N = N(L_ms_or_more(constants)), .probability = p, .mu = total_mu(constants, context_.regularizer)};
    step_.set_automatic(theory_->step(), fmt::format("N = {:.6g}", theory_->N));
    step_.set_former(
        std::min(std::sqrt(refresh_.probability()) / (6 * N(L_tilde_or_L(constants))), (7 - 12 * p) / (16 * L)));
  }
  if (!step_.named().empty()) adaptive_.emplace(step_.automatic(), why_unproved().empty() ? step_.automatic() : 0, 1.1);
  follow_step();
}

std::string OptimisticMasha::why_unproved() const {
  if (refresh_.probability() > 0.5) return "probability above 1/2";
  return doubt(context_);
}

/// eta, and the alpha that goes with it
void OptimisticMasha::follow_step() {
  eta_ = value_of(adaptive_, step_);
  alpha_ =
      OptimisticTheory{.probability = refresh_.probability(), .mu = total_mu(context_.constants, context_.regularizer)}
          .alpha(eta_);
}

/// b_k: w^{k+1} = z^{k+1}
bool OptimisticMasha::coin(std::int64_t k) const { return refresh_.happens(context_.seed, k); }

/// F_m and F at z^{k-1} and w^{k-1}
void OptimisticMasha::prepare() {
  next_ = F_snapshot_ = z_;
  Fm_z_ = Fm_previous_ = Fm_snapshot_ = WorkerVectors(context_.exchange.workers(), z_.size());
  context_.exchange.mean(
      [&](Index m, View x) {
        context_.oracle.mean(m, snapshot_, Fm_snapshot_[m]);
        std::ranges::copy(Fm_snapshot_[m], x.begin());
      },
      F_snapshot_);
}

void OptimisticMasha::start(ConstView z0) {
  begin_at(z0);
  if (!adaptive_) return;
  adaptive_->start(z_, natural_residual(snapshot_, F_snapshot_, context_.regularizer));
}

void OptimisticMasha::begin_at(ConstView z) {
  z_.assign(z.begin(), z.end());
  previous_ = w_ = snapshot_ = z_;
  refreshed_ = k_;
  prepare();
  Fm_previous_ = Fm_snapshot_;
}

/// What the residual of a new snapshot means for the step
void OptimisticMasha::after_refresh() {
  const double residual = natural_residual(snapshot_, F_snapshot_, context_.regularizer);
  if (adaptive_->goes_back(snapshot_, residual)) begin_at(adaptive_->best());
  follow_step();
}

void OptimisticMasha::iterate() {
  // G = Q^serv( (1/M) sum_m Q_m( F_m(z^k) - F_m(w^{k-1}) + alpha [F_m(z^k) - F_m(z^{k-1})] ) )
  const Mean G = context_.exchange.mean(context_.channel, draw_number(k_), [&](Index m, View x) {
    context_.oracle.mean(m, z_, Fm_z_[m]);
    kernels::combine(1 + alpha_, Fm_z_[m], -alpha_, Fm_previous_[m], x);
    kernels::axpy(-1.0, Fm_snapshot_[m], x);
  });

  // z^{k+1} = prox_{eta g}( z^k + p (w^k - z^k) - eta (F(w^{k-1}) + G) )
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), w_, next_);
  kernels::axpy(-eta_, F_snapshot_, next_);
  kernels::axpy(-eta_, G, next_);
  context_.regularizer.prox(eta_, next_);

  // w^k is the next iteration's snapshot. If it is a new one, it is z^k, where the F_m are known.
  const bool refreshed = k_ > 0 && coin(k_ - 1);
  if (refreshed) {
    snapshot_ = w_;
    Fm_snapshot_ = Fm_z_;
    context_.exchange.mean([&](Index m, View x) { std::ranges::copy(Fm_snapshot_[m], x.begin()); }, F_snapshot_);
    refreshed_ = k_ + 1;
  }
  // w^{k+1} = z^{k+1} with probability p
  if (coin(k_)) w_ = next_;

  previous_.swap(z_);
  z_.swap(next_);
  std::swap(Fm_previous_, Fm_z_);
  ++k_;
  if (refreshed && adaptive_) after_refresh();
}

void OptimisticMasha::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("refreshed", refreshed_);
  refresh_.list_state(state);
  list_step(state, adaptive_, step_);
  eta_ = value_of(adaptive_, step_);
  if (state.has_scalar("alpha"))
    state.scalar("alpha", alpha_);
  else  // of version 0.1.0
    alpha_ = 1 - std::min(eta_ * total_mu(context_.constants, context_.regularizer) / 6, refresh_.probability() / 2);
  state.global("z", z_);
  state.global("z_previous", previous_);
  state.global("w", w_);
  state.global("w_previous", snapshot_);
}

void OptimisticMasha::restore() {
  prepare();
  for (Index m = context_.exchange.workers().begin; m < context_.exchange.workers().end; ++m)
    context_.oracle.mean(m, previous_, Fm_previous_[m]);
}

std::vector<std::pair<std::string, std::string>> OptimisticMasha::description() const {
  return {{"step", step_.text() + (adaptive_ ? SafeguardedStep::text(why_unproved()) : "")},
          {"refresh", fmt::format("with probability p = {:.6g}, alpha = {:.6g}", refresh_.probability(), alpha_)}};
}

std::vector<Rate> OptimisticMasha::rates() const {
  const auto& constants = context_.constants;
  const bool workers = certain(constants.L_ms) || (!constants.L_ms && certain(constants.L_tilde));
  if (adaptive_ || context_.allow_unproven || !theory_ || !theory_->proves(eta_ / (1 + step_slack)) ||
      !certain(constants.L) || !monotone(constants) || (rests_on_workers_ && !workers) ||
      theory_->probability != refresh_.probability())
    return {};
  // Psi_0 = (1 + 2 eta mu - s p + s) D^2 and, since A_k <= eta L ( |z^k - z*|^2 + |z^k - z^{k-1}|^2 ),
  // Psi_k >= (1 + 2 eta mu - s p - eta L) |z^k - z*|^2
  const double mu = total_mu(constants, context_.regularizer);
  const double p = refresh_.probability();
  const double s = p / (alpha_ - 1 + p);
  const double weight = 1 + 2 * eta_ * mu - s * p;
  const double least = weight - eta_ * constants.L->value;
  if (!(least > 0)) return {};
  return linear_rates(std::sqrt((weight + s) / least), std::sqrt(alpha_), true,
                      "E Psi_k <= alpha^k Psi_0, Psi_k >= (1 + 2 eta mu - s p - eta L) |z^k - z*|^2 "
                      "(optimistic_masha.cpp)",
                      context_);
}

}  // namespace

MethodPlugIn optimistic_masha() {
  MethodPlugIn plug;
  plug.name = OptimisticMasha::name;
  plug.summary =
      "one evaluation and one compressed exchange an iteration; with --uplink "
      "permk the better, the more alike the workers are";
  plug.formula =
      "D = F(w-) + Q( mean_m Q_m( F_m(z) - F_m(w-) + alpha [F_m(z) - F_m(z-)] ) );  z+ = prox( z + p (w - z) - eta D "
      ");  w+ = z+ with probability p";
  plug.reference =
      "Beznosikov, Gasnikov, Compression and data similarity, arXiv 2206.09446; step and rate by our own proof (see "
      "optimistic_masha.cpp)";
  plug.parameters = joined(
      Parameter::step(
          "step", "adaptive",
          "eta; auto: the largest that is proved, about min( sqrt(p/2) / N, (1 - p) / (2 L) ), N the compressors' "
          "noise: delta with permk; adaptive: grows from there, and is taken back where the residual does")
          .or_named({"adaptive"})
          .formerly("auto"),
      Parameter::real("probability", "auto", std::string("p, of a refresh; auto: ") + automatic_refresh, 0, 1)
          .open_below()
          .or_auto(),
      delta_parameter("mean square of the differences between the workers' Jacobians and their mean, for permk"),
      constant_parameters());
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.needs_similarity = needs_similarity;
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^k";
  plug.make = construct<OptimisticMasha>;
  return plug;
}

}  // namespace vireo::methods
