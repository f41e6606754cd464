#include "methods/snapshot_extragradient.hpp"

#include "methods/draw_number.hpp"
#include "methods/masha_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {

void SnapshotExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const double gamma = step_.value();

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

  // w^{k+1} = z^k or z^{k+1} with probability 1-tau; then all workers announce their F_m(w^{k+1})
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
}

std::vector<std::pair<std::string, std::string>> SnapshotExtragradient::description() const {
  std::vector<std::pair<std::string, std::string>> lines{{"step", step_.text()}, {"refresh", refresh_.text()}};
  for (const auto& line : estimate_.lines()) lines.push_back(line);
  return lines;
}

std::vector<Rate> SnapshotExtragradient::rates() const {
  return masha1_rates(step_, refresh_, context_, snapshot_.unsent() == nullptr);
}

}  // namespace vireo::methods
