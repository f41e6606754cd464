#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/scaled_norm.hpp"
#include "methods/adaptive_step.hpp"
#include "methods/construct.hpp"
#include "methods/draw_number.hpp"
#include "methods/inner_solve.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/similar_workers.hpp"
#include "methods/snapshot_method.hpp"
#include "methods/varying_step.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {
namespace {

/// Three Pillars Algorithm (Beznosikov, Takac, Gasnikov, "Similarity, compression and local steps: three pillars of
/// efficient communications for distributed variational inequalities", NeurIPS 2023, arXiv 2302.07615): forward-
/// backward-forward, backward in the operator F_1 of worker 0, which the server holds, forward in F - F_1, which is
/// small where workers are alike, and compressed.
///
///     zbar = z^k + p (m^k - z^k)
///     server: u from gamma ( F_1(u) - F_1(m^k) + F(m^k) + dg(u) ) + u - zbar = e,   e = 0 up to the accuracy below;
///             sends u and F_1(u) - F_1(m^k)
///     z^{k+1} = P( u - e + gamma (1/M) sum_i Q_i( F_i(m^k) - F_1(m^k) - F_i(u) + F_1(u) ) )
///     m^{k+1} = z^k (or z^{k+1}, `refresh=next`) with probability p, else m^k;   on a refresh the F_i(m) are exchanged
///
/// P projects onto the domain of g. The paper has no e in the last step, and so has this method where `inner` fixes
/// the number of inner steps: then there is no guarantee. Else the remainder is taken into the step, as Solodov and
/// Svaiter do ("A hybrid approximate extragradient-proximal point algorithm", 1999), and a rough solution will do:
///     ||e||^2 <= sigma^2 ( (1 - p) ||u - z^k||^2 + p ||u - m^k||^2 ),      sigma = inner-tolerance, auto 1/4
/// Step, with D_i = F_i - F_1 and delta^2 ||u - v||^2 >= (1/M) sum_i ||D_i(u) - D_i(v)||^2, for which similarity^2 +
/// similarity_first^2 is computed:
///     permk: C = delta;   independent draws: C^2 = (1 + (q - 1)/M) delta^2;   shared draws: C^2 = q delta^2
///     gamma < (1 - sigma) sqrt(p) / C, sigma < 1
/// With v = F_1(u) - F_1(m) + F(m) + g' and G the mean of the messages, z^{k+1} = P(zbar - gamma (v - G)), hence
///     ||z^{k+1} - z*||^2 <= ||zbar - z*||^2 - ||zbar - u||^2 - 2 gamma <v - G, u - z*> + ||e - gamma G||^2,
/// where E(v - G) = F(u) + g' and, by Young's inequality, E||e - gamma G||^2 <= ||e||^2 / sigma + (gamma C)^2 ||u -
/// m||^2 / (1 - sigma). So all is as in masha1_theory.hpp, with (1 - sigma) times tau r_z and p r_w, C / (1 -
/// sigma)^{1/2} for C, and m = 2 gamma mu, mu of F + dg: the Lyapunov function shrinks by 1 - (1 - sigma) s, where s
/// is that of C / (1 - sigma) and mu / (1 - sigma) there. mu = 0: the iterates converge, and no rate. `step=adaptive`:
/// the inequality of adaptive_step.hpp with spent = ||e - gamma G||^2, of which the ranks see u and what P is applied
/// to.
///
/// Cost per iteration: 1 evaluation of F but for worker 0's, and 1 + 2 (inner steps) evaluations of F_1; messages
/// compressed on the uplink, 2 vectors sent down; with probability p another evaluation and uncompressed exchange
/// (F(m) stays with the server, and the workers get m in its place: as many bytes).
class ThreePillars final : public SnapshotMethod {
 public:
  static constexpr const char* name = "three-pillars";

  /// throws UsageError for a biased uplink, for any downlink, and if step=auto needs a similarity that is not known
  ThreePillars(const Parameters& parameters, MethodContext context);
  ~ThreePillars() override;

  void iterate() override;
  /// u
  [[nodiscard]] ConstView averaged() const override { return ConstView(shared_).first(z_.size()); }
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = (1 + refresh_.probability()) * all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;
  /// Lists k, z^k, the snapshot, the step and the probability.
  void list_state(StateList& state) override;
  /// `step`, where it is adaptive
  [[nodiscard]] std::vector<Measure> measures() const override;

 private:
  void allocate() override;
  void solve_on_server(double gamma, View u, View difference);
  /// empty: the automatic step is proved
  [[nodiscard]] std::string why_unproved() const;

  double sigma_ = 0;
  std::unique_ptr<InnerSolve> inner_;
  std::optional<Masha1Theory> theory_;  ///< of the header; empty: a step is given
  std::optional<AdaptiveStep> adaptive_;

  Vector zbar_, shared_, e_, next_;  ///< shared: u, then F_1(u) - F_1(m)
};

/// of the header; what is not known of F - F_1 as a mean is bounded by the mean square
double delta_of(const Parameters& parameters, const Constants& constants) {
  if (parameters.has("delta")) return parameters.real("delta");
  const auto similarity = require_similarity(constants, ThreePillars::name);
  return std::hypot(similarity.to_mean, similarity.first);
}

/// ||J_1 - J||, or what bounds it
double similarity_first(const Parameters& parameters, const Constants& constants) {
  if (parameters.has("delta")) return parameters.real("delta");
  return require_similarity(constants, ThreePillars::name).first;
}

ThreePillars::ThreePillars(const Parameters& parameters, MethodContext context)
    : SnapshotMethod(parameters, std::move(context), "the fastest below (1 - sigma) sqrt(p) / C",
                     Snapshot::Keep::worker_values) {
  const auto dev = theory_of(context_.channel.uplink, context_.exchange);
  require_unbiased(dev, context_.allow_unproven, name, "uplink");
  if (context_.channel.downlink && !context_.channel.downlink->identity())
    throw UsageError("downlink", "three-pillars sends u and F_1(u) - F_1(m) down as they are");
  const Index M = context_.exchange.layout().workers();
  refresh_ = Refresh(parameters, refresh_probability(dev, M));
  const double p = refresh_.probability();

  inner_ = std::make_unique<InnerSolve>(parameters, context_, name);
  sigma_ = inner_->tolerance().value_or(0.25);
  if (!step_.needs_automatic()) return;
  const double delta = delta_of(parameters, context_.constants);
  const double C = mean_constant(dev, delta, delta, static_cast<double>(M));
  const double mu = total_mu(context_.constants, context_.regularizer);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double of_mu = mu > 0 ? p / (3 * mu) : infinity;
  const double exactness = 1 - (sigma_ < 1 ? sigma_ : 0.25);
  theory_ = {.C = C / exactness, .probability = p, .to_next = refresh_.to_next(), .mu = mu / exactness};
  // equal workers: any step will do where F + dg is strongly monotone
  step_.set_automatic(finite_step(C > 0 ? theory_->step().gamma : infinity, C > 0 ? infinity : of_mu, name),
                      fmt::format("C = {:.6g}, sigma = {:.3g}", C, 1 - exactness));
  step_.set_former(std::min(std::sqrt(p) / (2 * C), of_mu));
  if (step_.named().empty()) return;
  // the inner problem becomes harder as the step grows, and where F_1 is not monotone is one of a monotone operator
  // for gamma ||F_1 - F|| < 1 only
  const double first = similarity_first(parameters, context_.constants);
  const double longest = first > 0 ? 0.9 / (step_.automatic() * first) : infinity;
  adaptive_.emplace(step_.automatic(), why_unproved().empty() ? step_.automatic() : 0, p,
                    std::clamp(longest, 1.0, 4.0));
}

/// similarities are computed or given
std::string ThreePillars::why_unproved() const {
  if (inner_->fixed()) return "the number of inner steps is fixed";
  if (!(sigma_ < 1)) return "inner-tolerance is not below 1";
  return context_.allow_unproven ? "--allow-unproven" : "";
}

ThreePillars::~ThreePillars() = default;

void ThreePillars::allocate() {
  zbar_ = e_ = next_ = z_;
  shared_.assign(2 * z_.size(), 0.0);
}

/// u, difference = F_1(u) - F_1(m) and e, on worker 0's rank
void ThreePillars::solve_on_server(double gamma, View u, View difference) {
  // e = gamma ( F_1(u) + g' ) + u - c,   c = zbar - gamma ( F(m) - F_1(m) )
  Vector c(snapshot_.F().begin(), snapshot_.F().end());
  snapshot_.subtract(0, c);
  kernels::combine(1.0, zbar_, -gamma, c, c);
  const double p = refresh_.probability();
  const auto allowed = [&](ConstView y) {
    const double squares =
        (1 - p) * kernels::squared_distance(y, z_) + p * kernels::squared_distance(y, snapshot_.point());
    if (kernels::safe_square(squares)) return sigma_ * std::sqrt(squares);
    return sigma_ * std::hypot(std::sqrt(1 - p) * kernels::distance(y, z_),
                               std::sqrt(p) * kernels::distance(y, snapshot_.point()));
  };
  std::ranges::copy(z_, u.begin());
  context_.oracle.mean(0, u, difference);
  inner_->run(gamma, c, allowed, u, difference, e_);
  snapshot_.subtract(0, difference);
}

void ThreePillars::iterate() {
  const double gamma = value_of(adaptive_, step_);
  const Index d = z_.size();
  const View u = View(shared_).first(d);
  const View difference = View(shared_).subspan(d);

  // zbar = z^k + p (m^k - z^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), zbar_);

  // server: u, F_1(u) - F_1(m)
  context_.exchange.broadcast_from(
      0, [&](View out) { solve_on_server(gamma, out.first(d), out.subspan(d)); }, shared_);

  // G = (1/M) sum_i Q_i( F_i(m) - F_i(u) + [F_1(u) - F_1(m)] ); worker 0's message is 0
  const Mean G = context_.exchange.mean(
      Round{.channel = context_.channel, .iteration = draw_number(k_), .audience = Audience::server},
      [&](Index i, View D) {
        if (i == 0) {
          std::ranges::fill(D, 0.0);
          return;
        }
        context_.oracle.mean(i, u, D);
        snapshot_.subtract(i, D);
        kernels::combine(1.0, difference, -1.0, D, D);
      });

  // u - e = zbar - gamma ( F_1(u) - F_1(m) + F(m) + g' ): known to all ranks unless there is a g'
  if (inner_->fixed()) {
    std::ranges::copy(u, next_.begin());
  } else if (context_.regularizer.zero()) {
    kernels::combine(1.0, difference, 1.0, snapshot_.F(), e_);
    kernels::add_scaled(zbar_, -gamma, e_, next_);
  } else {
    context_.exchange.broadcast_from(
        0, [&](View out) { std::ranges::copy(e_, out.begin()); }, next_, Audience::server);
    kernels::combine(1.0, u, -1.0, next_, next_);
  }

  // z^{k+1} = P( u - e + gamma G ), without e for a fixed number of inner steps
  kernels::axpy(gamma, G, next_);
  if (adaptive_)
    adaptive_->heed(kernels::squared_distance(next_, u),
                    refresh_.tau() * kernels::squared_distance(u, z_) +
                        refresh_.probability() * kernels::squared_distance(u, snapshot_.point()));
  project_onto_domain(context_.regularizer, next_);

  // m^{k+1} = z^k or z^{k+1} with probability p
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

void ThreePillars::list_state(StateList& state) {
  SnapshotMethod::list_state(state);
  refresh_.list_state(state);
  list_step(state, adaptive_, step_);
}

std::vector<Measure> ThreePillars::measures() const { return step_measure(adaptive_); }

std::vector<std::pair<std::string, std::string>> ThreePillars::description() const {
  return {{"step", step_.text() + (adaptive_ ? AdaptiveStep::text(why_unproved()) : "")},
          {"refresh", fmt::format("with probability p = {:.6g}, m <- {}", refresh_.probability(),
                                  refresh_.to_next() ? "z^{k+1}" : "z^k")},
          {"inner solve", inner_->description(fmt::format("||e|| <= {:.3g} of how far u has moved", sigma_))}};
}

std::vector<Rate> ThreePillars::rates() const {
  if (context_.allow_unproven || !theory_ || adaptive_ || !monotone(context_.constants)) return {};
  if (inner_->fixed() || !(sigma_ < 1)) return {};
  const double s = (1 - sigma_) * theory_->decay(step_.value());
  if (!(s > 0)) return {};
  const double tau = refresh_.tau();
  if (refresh_.to_next() && !(tau > 0)) return {};  // the Lyapunov function has no term of z
  return linear_rates(std::sqrt(refresh_.to_next() ? (1 + tau) / tau : 2), std::sqrt(1 - s), true,
                      fmt::format("|z^k - z*| <= {} (1 - s)^{{k/2}} D in the root mean square, s of three_pillars.cpp",
                                  refresh_.to_next() ? "sqrt((1 + tau)/tau)" : "sqrt(2)"),
                      context_);
}

}  // namespace

MethodPlugIn three_pillars() {
  MethodPlugIn plug;
  plug.name = ThreePillars::name;
  plug.also_called = {"3-pillars"};
  plug.summary =
      "similar workers, compression and local steps: steps of the size 1/delta, solved for on worker 0's operator; with "
      "--uplink permk the fewest bytes up where workers are alike";
  plug.formula =
      "u: gamma (F_1(u) - F_1(m) + F(m) + dg(u)) + u - z - p (m - z) = e;  z+ = P( u - e + gamma mean_i Q_i( F_i(m) - "
      "F_1(m) - F_i(u) + F_1(u) ) );  m+ = z with probability p";
  plug.reference =
      "Beznosikov, Takac, Gasnikov, Similarity, compression and local steps, NeurIPS 2023; the inexact step: Solodov, "
      "Svaiter, 1999; constants by our own proof (see three_pillars.cpp)";
  plug.parameters = joined(
      Parameter::step("step", "adaptive",
                      "gamma; auto: the fastest below (1 - sigma) sqrt(p) / C, C = delta with permk; adaptive: from "
                      "there on by what the iterates show, and no shorter")
          .or_named({"adaptive"})
          .formerly("auto"),
      delta_parameter("mean square of the differences between the workers' Jacobians and worker 0's"),
      Refresh::parameters(automatic_refresh, "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)",
                          "next"),
      InnerSolve::parameters("||e|| over how far u is from z and m; auto: 0.25"),
      without("L_tilde", constant_parameters()));
  plug.usual_uplink = "permk";
  plug.default_return = "best";
  plug.needs_similarity = needs_similarity;
  plug.best_of = "the snapshots w^k";
  plug.average_of = "u^k";
  plug.make = construct<ThreePillars>;
  return plug;
}

}  // namespace vireo::methods
