#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/refresh.hpp"
#include "methods/scaled_constants.hpp"
#include "methods/similar_workers.hpp"
#include "methods/step_size.hpp"
#include "methods/variance.hpp"
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
///     permk: N = delta = Constants::similarity;   independent draws: N^2 = (q - 1) L_tilde^2 / M
///     a server's compressor: q_serv N^2 + (q_serv - 1) L^2 in place of N^2
///
/// and for mu-strongly monotone F + dg and p <= 1/2:
///
///     eta = min( sqrt(p) / (6 N), (7 - 12 p) / (16 L) ),   alpha = 1 - min( eta mu / 6, p / 2 ):
///     E Psi_{k+1} <= alpha Psi_k,
///     Psi_k = (1 + 2 eta mu - s p) ||z^k - z*||^2 + s ||w^k - z*||^2 - A_k
///             + p ||w^{k-1} - z^k||^2 + (7/8 - p - alpha eta L) ||z^k - z^{k-1}||^2,
///     A_k = 2 eta <F(z^k) - F(z^{k-1}), z^k - z*>,   s = p / (alpha - 1 + p).
///
/// Proof: the prox at z^{k+1} and the optimality of z* give, in expectation and with xi the noise of D^k,
///
///     (1 + 2 eta mu) ||z^{k+1} - z*||^2 - A_{k+1} <= (1 - p) ||z^k - z*||^2 + p ||w^k - z*||^2 - alpha A_k
///         - (1 - p) ||z^{k+1} - z^k||^2 - p ||w^k - z^{k+1}||^2
///         - 2 eta <xi + alpha (F(z^k) - F(z^{k-1})), z^{k+1} - z^k>.
///
/// The last line is at most (1/8 + alpha eta L) ||z^{k+1} - z^k||^2 + alpha eta L ||z^k - z^{k-1}||^2 + 8 eta^2
/// ||xi||^2, and E||xi||^2 <= 2 N^2 (||z^k - w^{k-1}||^2 + alpha^2 ||z^k - z^{k-1}||^2): what is needed is
/// 16 eta^2 N^2 <= (1 - p/2) p  and  2 eta L + 16 eta^2 N^2 <= 7/8 - p. (min( sqrt(p) / (8 N), 1 / (16 L) ), which is
/// given elsewhere, is smaller.)
/// mu = 0: alpha = 1, and the average of the z^k is the point to return.
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

 private:
  void prepare();
  [[nodiscard]] bool coin(std::int64_t k) const;

  StepSize step_;
  double probability_ = 0;
  bool rests_on_L_tilde_ = true;  ///< it is in N
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

/// N of the header
double noise_constant(const Parameters& parameters, const Constants& constants, const ChannelTheory& channel, double L,
                      double M) {
  const double L_tilde = L_tilde_or_L(constants);
  double delta = 0;
  if (channel.up.draws == CompressorTheory::Draws::partition)
    delta = parameters.has("delta") ? parameters.real("delta")
                                    : require_similarity(constants, OptimisticMasha::name).to_mean;
  return with_scaled(
      [&](double mean, double each, double spread) {
        const MessageSizes sizes{.mean = mean * mean, .each = each * each, .spread = spread * spread};
        return std::sqrt(variance_both_ways(channel.up, channel.down, sizes, M));
      },
      L, L_tilde, delta);
}

OptimisticMasha::OptimisticMasha(const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), step_(parameters, "min( sqrt(p) / (6 N), (7 - 12 p) / (16 L) )") {
  const auto channel = require_unbiased_channel(context_, name);
  const Index M = context_.exchange.layout().workers();
  probability_ = parameters.has("probability") ? parameters.real("probability") : refresh_probability(channel.up, M);

  rests_on_L_tilde_ = channel.up.q > 1 && channel.up.draws != CompressorTheory::Draws::shared;

  if (step_.needs_automatic()) {
    const double L = require_L(context_.constants, name);
    const double N = noise_constant(parameters, context_.constants, channel, L, static_cast<double>(M));
    // p > 1/2, which the theory does not cover, is treated like 1/2
    step_.set_automatic(std::min(std::sqrt(probability_) / (6 * N), (7 - 12 * std::min(probability_, 0.5)) / (16 * L)),
                        fmt::format("N = {:.6g}", N));
  }
  eta_ = step_.value();
  const double mu = total_mu(context_.constants, context_.regularizer);
  alpha_ = 1 - std::min(eta_ * mu / 6, probability_ / 2);
}

/// b_k: w^{k+1} = z^{k+1}
bool OptimisticMasha::coin(std::int64_t k) const { return Refresh(probability_).happens(context_.seed, k); }

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
  z_.assign(z0.begin(), z0.end());
  previous_ = w_ = snapshot_ = z_;
  prepare();
  Fm_previous_ = Fm_snapshot_;
}

void OptimisticMasha::iterate() {
  // G = Q^serv( (1/M) sum_m Q_m( F_m(z^k) - F_m(w^{k-1}) + alpha [F_m(z^k) - F_m(z^{k-1})] ) )
  const Mean G = context_.exchange.mean(context_.channel, draw_number(k_), [&](Index m, View x) {
    context_.oracle.mean(m, z_, Fm_z_[m]);
    kernels::combine(1 + alpha_, Fm_z_[m], -alpha_, Fm_previous_[m], x);
    kernels::axpy(-1.0, Fm_snapshot_[m], x);
  });

  // z^{k+1} = prox_{eta g}( z^k + p (w^k - z^k) - eta (F(w^{k-1}) + G) )
  kernels::combine(1 - probability_, z_, probability_, w_, next_);
  kernels::axpy(-eta_, F_snapshot_, next_);
  kernels::axpy(-eta_, G, next_);
  context_.regularizer.prox(eta_, next_);

  // w^k is the next iteration's snapshot. If it is a new one, it is z^k, where the F_m are known.
  if (k_ > 0 && coin(k_ - 1)) {
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
}

void OptimisticMasha::list_state(StateList& state) {
  state.scalar("k", k_);
  state.scalar("refreshed", refreshed_);
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
  return {{"step", step_.text()},
          {"refresh", fmt::format("with probability p = {:.6g}, alpha = {:.6g}", probability_, alpha_)}};
}

std::vector<Rate> OptimisticMasha::rates() const {
  const auto& constants = context_.constants;
  if (context_.allow_unproven || !within_automatic(step_) || !certain(constants.L) || !monotone(constants) ||
      probability_ > 0.5 || (rests_on_L_tilde_ && !certain(constants.L_tilde)))
    return {};
  // Psi_0 = (1 + 2 eta mu - s p + s) D^2 and, since A_k <= eta L ( |z^k - z*|^2 + |z^k - z^{k-1}|^2 ),
  // Psi_k >= (1 + 2 eta mu - s p - eta L) |z^k - z*|^2
  const double mu = total_mu(constants, context_.regularizer);
  const double s = probability_ / (alpha_ - 1 + probability_);
  const double weight = 1 + 2 * eta_ * mu - s * probability_;
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
  plug.parameters =
      joined(Parameter::step(
                 "step", "auto",
                 "eta; auto: min( sqrt(p) / (6 N), (7 - 12 p) / (16 L) ), N the compressors' noise: delta with permk"),
             Parameter::real("probability", "auto", std::string("p, of a refresh; auto: ") + automatic_refresh, 0, 1)
                 .open_below()
                 .or_auto(),
             delta_parameter("mean square of the differences between the workers' Jacobians and their mean, for permk"),
             constant_parameters());
  plug.default_return = "best";
  plug.needs_similarity = needs_similarity;
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^k";
  plug.make = construct<OptimisticMasha>;
  return plug;
}

}  // namespace vireo::methods
