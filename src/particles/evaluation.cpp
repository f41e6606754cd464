// Which particles of a swarm are evaluated in a step, and their values: block by block, or all of them together.
#include <algorithm>
#include <array>
#include <cmath>

#include "particles/swarm.hpp"
#include "vireo/core/subset.hpp"

namespace vireo::particles {
namespace {

double kept(double value) { return std::isfinite(value) ? value : no_value; }

}  // namespace

Index Swarm::batch_size(Index block) const {
  const Index n = size_of(block);
  if (settings_.batch == 1) return n;
  return std::max<Index>(1, static_cast<Index>(std::llround(settings_.batch * static_cast<double>(n))));
}

BlockValues Swarm::batch_of(Index block, std::int64_t k) const {
  BlockValues chosen;
  const Index n = size_of(block);
  if (settings_.batch == 1) {
    std::fill_n(chosen.at, n, 1.0);
    return chosen;
  }
  const random::Key key{place_.seed, random::Purpose::particle, (block + 1) << 8 | place_.group << 4 | batch_draw,
                        static_cast<std::uint64_t>(k)};
  std::vector<random::Offset> places;
  random::Subset(key, n, batch_size(block)).append_range(0, n, places);
  for (const auto p : places) chosen[p] = 1;
  return chosen;
}

/// What all ranks evaluate together is counted once.
void Swarm::charge(Index evaluations) {
  if (place_.spread == Spread::split || place_.exchange.communicator().rank() == 0)
    place_.exchange.ledger().oracle_calls += static_cast<std::int64_t>(evaluations * place_.calls);
}

/// The particles of a block that are evaluated in step k_, side by side; until the next call
Points Swarm::evaluated(Index block) {
  const Index d = place_.dimension;
  const Index n = size_of(block);
  double* const x = rows(block);
  if (settings_.batch == 1) return {x, n, d};
  const BlockValues chosen = batch_of(block, k_);
  std::array<Index, block_size> places{};
  Index m = 0;
  for (Index p = 0; p < n; ++p)
    if (chosen[p] != 0) places[m++] = p;
  for (Index j = 0; j < d; ++j)
    for (Index q = 0; q < m; ++q) batch_rows_[j * block_size + q] = x[j * block_size + places[q]];
  return {batch_rows_.data(), m, d};
}

/// Takes the values at the points that `evaluated` gives.
void Swarm::keep(Index block, ConstView values) {
  double* const E = energy_.values.data() + (block - reduction_.own().begin) * block_size;
  const BlockValues chosen = batch_of(block, k_);
  Index q = 0;
  for (Index p = 0; p < size_of(block); ++p)
    if (chosen[p] != 0) E[p] = kept(values[q++]);
  charge(values.size());
}

void Swarm::evaluate_block(Index block, const Energy& energy) {
  const Timed timed(place_.exchange.ledger().seconds_operator);
  const Points points = evaluated(block);
  if (settings_.batch == 1) {  // straight to where they are kept: a step of 64 particles takes microseconds
    const View E(energy_.values.data() + (block - reduction_.own().begin) * block_size, points.size());
    energy(points, E);
    for (double& value : E) value = kept(value);
    charge(points.size());
    return;
  }
  std::array<double, block_size> values{};
  energy(points, {values.data(), points.size()});
  keep(block, {values.data(), points.size()});
}

void Swarm::evaluate_together() {
  const Range own = reduction_.own();
  Index count = 0;
  for (Index b = own.begin; b < own.end; ++b) count += batch_size(b);
  Vector values(count);
  place_.energies({own.size(), [&](Index i) { return evaluated(own.begin + i); }}, values);
  Index first = 0;
  for (Index b = own.begin; b < own.end; ++b) {
    keep(b, ConstView(values).subspan(first, batch_size(b)));
    first += batch_size(b);
  }
}

}  // namespace vireo::particles
