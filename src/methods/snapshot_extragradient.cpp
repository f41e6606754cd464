#include "methods/snapshot_extragradient.hpp"

#include <fmt/format.h>

#include "methods/draw_number.hpp"
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

void SnapshotExtragradient::take(const Masha1Theory& theory, double former) {
  theory_ = theory;
  step_.set_automatic(theory.step());
  step_.set_former(former);
  if (step_.named().empty()) return;
  adaptive_.emplace(step_.automatic(), why_unproved().empty() ? step_.automatic() : 0, theory.probability);
}

std::string SnapshotExtragradient::why_unproved() const {
  if (theory_ && !theory_->holds()) return "tau = 0 with announced snapshots";
  return doubt(context_);
}

void SnapshotExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const double gamma = adaptive_ ? adaptive_->value() : step_.value();

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

std::vector<Measure> SnapshotExtragradient::measures() const {
  if (!adaptive_) return {};
  return {{.name = "step", .units = "1", .definition = "gamma of the next iteration", .value = adaptive_->value()}};
}

void SnapshotExtragradient::list_state(StateList& state) {
  SnapshotMethod::list_state(state);
  refresh_.list_state(state);
  if (adaptive_)
    adaptive_->list_state(state);
  else
    step_.list_state(state);
}

std::vector<std::pair<std::string, std::string>> SnapshotExtragradient::description() const {
  std::vector<std::pair<std::string, std::string>> lines{{"step", step_.text()}, {"refresh", refresh_.text()}};
  if (adaptive_) lines.front().second += AdaptiveStep::text(why_unproved());
  for (const auto& line : estimate_.lines()) lines.push_back(line);
  return lines;
}

std::vector<Rate> SnapshotExtragradient::rates() const {
  if (!theory_) return {};
  return masha1_rates(*theory_, step_, context_);
}

}  // namespace vireo::methods
