#include "methods/snapshot_extragradient.hpp"

#include <fmt/format.h>

#include <cmath>

#include "methods/draw_number.hpp"
#include "methods/varying_step.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// <G, x>
double dot(const Mean& G, ConstView x) {
  if (!G.by_entries()) return kernels::dot(G.values(), x);
  double sum = 0;
  for (std::size_t i = 0; i < G.places().size(); ++i) sum += G.values()[i] * x[G.places()[i]];
  return sum;
}

}  // namespace

Parameter SnapshotExtragradient::step_parameter() {
  return Parameter::step(
             "step", "adaptive",
             "gamma; auto: the theorem's; adaptive: from there on by what the iterates show, and no shorter")
      .or_named({"adaptive"})
      .formerly("auto");
}

bool SnapshotExtragradient::certifies(const Parameters& parameters) {
  const auto& spec = parameters.text("snapshot");
  return spec == "none" || spec == "auto";
}

SnapshotExtragradient::SnapshotExtragradient(const std::string& method, const Parameters& parameters,
                                             const MethodContext& context, DifferenceEstimate::Kind kind)
    : SnapshotMethod(parameters, context, "the theorem's", DifferenceEstimate::needs(kind),
                     Announcer(parameters, context)),
      estimate_(kind, method, parameters, context_, snapshot_),
      channel_(require_unbiased_channel(context_, method)),
      announced_(snapshot_.announcer().theory(context_, method)) {}

void SnapshotExtragradient::balance(const Parameters& parameters, double most, double senders) {
  auto& announcer = snapshot_.announcer();
  const double share = compressed_share(channel_) * senders;
  const double announcement = announcer.density(channel_, context_.exchange);
  const double balanced = share / announcement;
  const double ceiling = parameters.text("refresh") == "next" ? 1 : 0.9;
  const bool adapts_to_them = !step_.named().empty() && announcer.compresses();
  const double probability = adapts_to_them ? std::min(ceiling, 2 * balanced) : std::min(0.5, balanced);
  refresh_ = Refresh(parameters, std::min(most, probability));
  announcer.space_exact_ones(share, announcement, refresh_.probability());
}

void SnapshotExtragradient::take(double C, double m, double former) {
  Masha1Theory theory{.C = C,
                      .probability = refresh_.probability(),
                      .to_next = refresh_.to_next(),
                      .mu = known_mu(context_.constants),
                      .strong_convexity = context_.regularizer.strong_convexity()};
  const double first = theory.step().gamma;
  theory.announce(announced_, std::sqrt(channel_.down.q), m, L_ms_or_more(context_.constants));
  theory_ = theory;
  step_.set_automatic(theory.step());
  step_.set_former(former);
  if (step_.named().empty()) return;
  adaptive_.emplace(first, why_unproved().empty() ? step_.automatic() : 0, theory.probability);
}

std::string SnapshotExtragradient::why_unproved() const {
  if (theory_ && !theory_->holds()) return "tau = 0 with announced snapshots";
  return doubt(context_);
}

void SnapshotExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const double gamma = value_of(adaptive_, step_);

  // zbar^k = tau z^k + (1-tau) w^k
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), zbar_);

  // z^{k+1/2} = prox_{gamma g}( zbar^k - gamma F(w^k) )
  kernels::add_scaled(zbar_, -gamma, snapshot_.F(), half_);
  g.prox(gamma, half_);

  // G = Q^serv( (1/|S|) sum_{m in S} Q_m^dev(D_m) ), where a compressed snapshot adds e before Q^serv
  const Mean G = context_.exchange.mean({.channel = context_.channel,
                                         .iteration = draw_number(k_),
                                         .senders = estimate_.senders(k_),
                                         .added = snapshot_.unsent()},
                                        [&](Index m, View D) { estimate_(m, k_, half_, D); });

  // z^{k+1} = prox_{gamma g}( zbar^k - gamma ( F(w^k) + G ) )
  kernels::add_scaled(snapshot_.F(), 1.0, G, next_);
  kernels::combine(1.0, zbar_, -gamma, next_, next_);
  g.prox(gamma, next_);
  if (adaptive_) adapt(gamma, G);

  // w^{k+1} = z^k or z^{k+1} with probability 1-tau; then all workers announce their F_m(w^{k+1})
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

/// What the inequality of adaptive_step.hpp had, and what the step took of it
void SnapshotExtragradient::adapt(double gamma, const Mean& G) {
  const double available = refresh_.tau() * kernels::squared_distance(half_, z_) +
                           refresh_.probability() * kernels::squared_distance(half_, snapshot_.point());
  const double moved = kernels::squared_distance(half_, next_);
  if (context_.regularizer.zero()) {
    adaptive_->heed(moved, available);
    return;
  }
  kernels::subtract(half_, next_, zbar_);
  adaptive_->heed(2 * gamma * dot(G, zbar_) - moved, available);
}

std::vector<Measure> SnapshotExtragradient::measures() const { return step_measure(adaptive_); }

void SnapshotExtragradient::list_state(StateList& state) {
  SnapshotMethod::list_state(state);
  refresh_.list_state(state);
  list_step(state, adaptive_, step_);
}

std::vector<std::pair<std::string, std::string>> SnapshotExtragradient::description() const {
  std::vector<std::pair<std::string, std::string>> lines{{"step", step_.text()}, {"refresh", refresh_.text()}};
  if (adaptive_) lines.front().second += AdaptiveStep::text(why_unproved());
  if (snapshot_.announcer().compresses()) lines.emplace_back("snapshot", snapshot_.announcer().text());
  for (const auto& line : estimate_.lines()) lines.push_back(line);
  return lines;
}

std::vector<Rate> SnapshotExtragradient::rates() const {
  if (!theory_) return {};
  return masha1_rates(*theory_, step_, context_);
}

}  // namespace vireo::methods
