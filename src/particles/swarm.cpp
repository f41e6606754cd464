#include "particles/swarm.hpp"

#include <algorithm>
#include <cmath>

#include "core/noise.hpp"
#include "particles/motion.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::particles {
namespace {

Index rounded_up(Index n, Index unit) { return (n + unit - 1) / unit * unit; }

/// Noise that is drawn ahead is read again soon, and should still be in the second cache then.
constexpr Index most_noise_ahead = (Index{1} << 19) / sizeof(double);
/// So much is drawn between two looks at whether the others have come: no work is lost by looking late, and looking
/// costs a system call or more.
constexpr Index noise_between_looks = (Index{1} << 16) / sizeof(double);

/// How many blocks' noise may be drawn ahead. With a memory for a quarter of the blocks at most, so that all that a
/// swarm keeps is within 2.5 numbers for each coordinate of a particle.
Index blocks_ahead(Index own_blocks, Index noise_of_block, bool memory) {
  return std::min(memory ? own_blocks / 4 : own_blocks, most_noise_ahead / noise_of_block);
}

/// The blocks' numbers as one long vector, of which a rank holds a segment
SegmentVector in_blocks(Range own, Index blocks, Index per_block) {
  return SegmentVector({own.begin * per_block, own.end * per_block}, blocks * per_block);
}

/// Whether s follows from the dimension. With isotropic noise E|D+|^2 = ((1 - lambda dt)^2 + s^2 d) |D|^2: particles come
/// together where s^2 d < 2 lambda dt about, and the rule is a half of that.
bool isotropic_by_rule(const Motion& motion) {
  return motion.s_is_automatic && motion.noise == NoiseKind::isotropic && motion.scheme == Scheme::euler;
}

}  // namespace

Swarm::Swarm(Settings settings, Place place, Settle settle)
    : settings_(std::move(settings)),
      place_(std::move(place)),
      settle_(std::move(settle)),
      tally_(place_.dimension, place_.with_best),
      reduction_(place_.exchange, rounded_up(settings_.particles, block_size) / block_size, place_.spread,
                 tally_.width()),
      sizes_(place_.exchange, rounded_up(settings_.particles, block_size) / block_size, place_.spread,
             sample_size_record),
      blocks_(rounded_up(settings_.particles, block_size) / block_size) {
  const Index d = place_.dimension;
  former_s_ = settings_.motion.s;
  if (isotropic_by_rule(settings_.motion))
    settings_.motion.s = std::sqrt(settings_.motion.contraction / static_cast<double>(d));
  const Range own = reduction_.own();
  x_ = in_blocks(own, blocks_, block_size * d);
  energy_ = in_blocks(own, blocks_, block_size);
  if (settings_.motion.memory) {
    memory_ = x_;
    memory_energy_ = energy_;
  }
  noise_.assign(block_size * rounded_up(d, 4), 0.0);
  if (reduction_.waits())
    noise_ahead_.assign(blocks_ahead(own.size(), noise_.size(), settings_.motion.memory) * noise_.size(), 0.0);
  batch_rows_.assign(settings_.batch < 1 ? block_size * d : 0, 0.0);
  record_.assign(tally_.width(), 0.0);
  c_.assign(d, 0.0);
  if (place_.with_best) best_ = c_;
}

bool Swarm::kick_due() const {
  return settings_.kick > 0 && stagnating_ >= static_cast<std::int64_t>(settings_.patience);
}

random::Key Swarm::key(Draw draw, std::int64_t k) const {
  return {place_.seed, random::Purpose::particle, place_.group << 4 | draw, static_cast<std::uint64_t>(k)};
}

double* Swarm::rows(Index block) {
  return x_.values.data() + (block - reduction_.own().begin) * block_size * place_.dimension;
}

Index Swarm::size_of(Index block) const {
  return std::min({block_size, settings_.particles - block * block_size, static_cast<Index>(active_)});
}

Index Swarm::particles() const {
  Index total = 0;
  for (Index b = 0; b < blocks_; ++b) total += size_of(b);
  return total;
}

void Swarm::draw_start(Index block, ConstView z0) {
  const random::Noise noise(key(start_draw, k_));
  const Index d = place_.dimension;
  const Index n = size_of(block);
  double* x = rows(block);
  const bool uniform = settings_.start == Start::uniform;
  if (uniform)
    noise.uniforms(block * block_size, n, d, block_size, noise_.data());
  else
    noise.normals(block * block_size, n, d, block_size, noise_.data());
  for (Index j = 0; j < d; ++j)
    for (Index p = 0; p < padded(n); ++p) {
      const double drawn = noise_[j * block_size + p];
      x[j * block_size + p] =
          uniform ? settings_.lower + (settings_.upper - settings_.lower) * drawn : z0[j] + settings_.deviation * drawn;
    }
  if (settle_) settle_(x, n);
  if (settings_.motion.memory)
    std::copy_n(x, block_size * d, memory_.values.data() + (block - reduction_.own().begin) * block_size * d);
}

/// The noise of some more blocks for the next step, which needs nothing but its key: what a rank does while it waits
/// for the others' sums. false if there is no more room
bool Swarm::draw_ahead() {
  const random::Noise noise(key(motion_draw, ahead_step_));
  for (Index drawn = 0; drawn < noise_between_looks; drawn += noise_.size()) {
    if ((ahead_ + 1) * noise_.size() > noise_ahead_.size()) return false;
    const Index block = reduction_.own().begin + ahead_;
    noise.normals(block * block_size, size_of(block), place_.dimension, block_size,
                  noise_ahead_.data() + ahead_ * noise_.size());
    ++ahead_;
  }
  return true;
}

/// The noise of a block in step k_
const double* Swarm::noise_of(Index block) {
  const Index own = block - reduction_.own().begin;
  if (ahead_step_ == k_ && own < ahead_) return noise_ahead_.data() + own * noise_.size();
  random::Noise(key(motion_draw, k_))
      .normals(block * block_size, size_of(block), place_.dimension, block_size, noise_.data());
  return noise_.data();
}

/// X_{k+1} of a block; k_ is k + 1 already, and the draws belong to the new step.
void Swarm::move_block(Index block, double value_at_c) {
  const Index d = place_.dimension;
  const Index n = size_of(block);
  const auto& motion = settings_.motion;
  const Index own = block - reduction_.own().begin;
  double* x = rows(block);

  Moving by{.particles = n, .noise = noise_of(block), .consensus = c_};
  BlockValues drift, chosen;
  if (motion.heaviside) {
    // a particle without a value drifts
    for (Index p = 0; p < n; ++p) drift[p] = energy_.values[own * block_size + p] <= value_at_c ? 0.0 : 1.0;
    by.drift = &drift;
  }
  if (motion.memory) by.memory = memory_.values.data() + own * block_size * d;
  if (settings_.batch < 1 && !settings_.move_all) {
    chosen = batch_of(block, k_ - 1);
    by.chosen = &chosen;
  }
  by.width = motion.width *
             std::pow(motion.shrink, static_cast<double>((k_ - 1) / static_cast<std::int64_t>(motion.shrink_every)));
  particles::move(motion, by, x);

  if (kick_due()) {
    random::Noise(key(kick_draw, k_)).normals(block * block_size, n, d, block_size, noise_.data());
    for (Index j = 0; j < d; ++j)
      for (Index p = 0; p < n; ++p) x[j * block_size + p] += settings_.kick * noise_[j * block_size + p];
  }
  if (settle_) settle_(x, n);
}

/// Adds a block's record to the reduction: of the particles evaluated in this step; with a memory of all best
/// positions, since their values are known. With those of the batch alone, c would leap between the best of one part of
/// the particles and the best of another, and the particles after it.
void Swarm::weigh_block(Index block) {
  const Index d = place_.dimension;
  const Index n = size_of(block);
  const Index own = block - reduction_.own().begin;
  const double* x = rows(block);
  BlockValues E, alive = batch_of(block, k_);
  Index lost = 0;
  std::copy_n(energy_.values.data() + own * block_size, n, E.at);
  for (Index p = 0; p < n; ++p)
    if (alive[p] != 0 && E[p] == no_value) {
      alive[p] = 0;
      ++lost;
    }
  if (settings_.motion.memory) {
    double* y = memory_.values.data() + own * block_size * d;
    double* best = memory_energy_.values.data() + own * block_size;
    for (Index p = 0; p < n; ++p) {
      if (alive[p] != 0 && E[p] < best[p]) {
        best[p] = E[p];
        for (Index j = 0; j < d; ++j) y[j * block_size + p] = x[j * block_size + p];
      }
      E[p] = best[p];
      alive[p] = best[p] == no_value ? 0.0 : 1.0;
    }
    x = y;
  }
  tally_.block(n, x, E, alive, lost, alpha_, c_, record_);
  reduction_.add(record_, [this](View into, ConstView from) { tally_.merge(alpha_, into, from); });
}

/// Prepares and evaluates all own blocks, and takes their reduction.
void Swarm::weigh_all(const Energy& energy, const std::function<void(Index block)>& prepare) {
  if (!settings_.alpha.effective && k_ > 0) alpha_ = next_alpha();
  const Range own = reduction_.own();
  const bool together = static_cast<bool>(place_.energies);
  // where energies and alpha are known a block is weighed while it is in the cache
  const bool at_once = !settings_.alpha.effective && !together;
  for (Index b = own.begin; b < own.end; ++b) {
    prepare(b);
    if (!together) evaluate_block(b, energy);
    if (at_once) weigh_block(b);
  }
  if (together) evaluate_together();
  if (settings_.alpha.effective) alpha_ = alpha_for_sample_size();
  if (!at_once)
    for (Index b = own.begin; b < own.end; ++b) weigh_block(b);
  Index evaluations = 0;
  for (Index b = 0; b < blocks_; ++b) evaluations += batch_size(b);
  evaluations_ += static_cast<std::int64_t>(evaluations);
  ahead_ = 0;
  ahead_step_ = k_ + 1;
  take(reduction_.finish([this](View into, ConstView from) { tally_.merge(alpha_, into, from); },
                         [this] { return draw_ahead(); }),
       evaluations);
}

void Swarm::take(ConstView record, Index evaluations) {
  dropped_ += static_cast<std::int64_t>(record[Tally::dropped]);
  // the record is the same on all ranks
  if (record[Tally::dropped] == static_cast<double>(evaluations)) throw NotFinite();
  const double count = record[Tally::counted];
  before_.assign(c_.begin(), c_.end());
  const auto V = tally_.V(record);
  double moved = 0;
  for (Index j = 0; j < c_.size(); ++j) {
    c_[j] = before_[j] + V[j] / record[Tally::weights];
    moved = std::max(moved, std::abs(c_[j] - before_[j]));
  }
  if (record[Tally::minimum] < best_value_) {
    best_value_ = record[Tally::minimum];
    if (place_.with_best)
      for (Index j = 0; j < c_.size(); ++j) best_[j] = before_[j] + tally_.best(record)[j];
  }
  stagnating_ = k_ > 0 && moved <= settings_.stagnation ? stagnating_ + 1 : 0;
  effective_ = record[Tally::weights] * record[Tally::weights] / record[Tally::squared_weights];
  diameter_ = 2 * record[Tally::farthest];
  const double variance = record[Tally::squares] / count;
  if (settings_.reduce && k_ > 1) {
    // Riedl's rule: N falls with a smoothed ratio of the variances
    const double ratio = variance_ > 0 ? 0.2 * variance / variance_ + 0.8 : 1.0;
    const auto least = static_cast<double>(rounded_up(settings_.least, blocks_) / blocks_);
    active_ = std::max(active_ * std::clamp(ratio, 0.8, 1.0), std::min(least, active_));
  }
  variance_ = variance;
}

void Swarm::begin(ConstView z0) {
  k_ = 0;
  c_.assign(z0.begin(), z0.end());
  if (place_.with_best) best_ = c_;
  alpha_ = settings_.alpha.start;
  active_ = static_cast<double>(block_size);
  best_value_ = infinity;
  evaluations_ = dropped_ = stagnating_ = settled_ = 0;
  settled_value_ = no_value;
  std::ranges::fill(energy_.values, no_value);
  if (settings_.motion.memory) std::ranges::fill(memory_energy_.values, no_value);
}

void Swarm::start(ConstView z0, const Energy& energy) {
  begin(z0);
  weigh_all(energy, [&](Index b) { draw_start(b, z0); });
}

void Swarm::draw(ConstView z0) {
  begin(z0);
  const Range own = reduction_.own();
  for (Index b = own.begin; b < own.end; ++b) draw_start(b, z0);
}

void Swarm::weigh(const Energy& energy) {
  weigh_all(energy, [](Index) {});
}

void Swarm::step(const Energy& energy) {
  double value_at_c = 0;
  if (settings_.motion.heaviside) {
    energy(SinglePoint(c_).points(), {&value_at_c, 1});
    ++evaluations_;
    // every rank evaluates it, and it is one evaluation
    if (place_.exchange.communicator().rank() == 0)
      place_.exchange.ledger().oracle_calls += static_cast<std::int64_t>(place_.calls);
  }
  ++k_;
  const bool kicked = kick_due();
  weigh_all(energy, [&](Index b) { move_block(b, value_at_c); });
  if (kicked) stagnating_ = 0;
}

void Swarm::move(double value_at_c) {
  ++k_;
  const Range own = reduction_.own();
  for (Index b = own.begin; b < own.end; ++b) move_block(b, value_at_c);
  if (kick_due()) stagnating_ = 0;
}

Vector Swarm::mean() {
  // particles that weigh alike
  const BlockValues level;
  const auto merge = [this](View into, ConstView from) { tally_.merge(1, into, from); };
  const Range own = reduction_.own();
  for (Index b = own.begin; b < own.end; ++b) {
    BlockValues alive;
    std::fill_n(alive.at, size_of(b), 1.0);
    tally_.block(size_of(b), rows(b), level, alive, 0, 1, c_, record_);
    reduction_.add(record_, merge);
  }
  const ConstView record = reduction_.finish(merge);
  Vector mean = c_;
  kernels::axpy(1 / record[Tally::weights], tally_.V(record), mean);
  return mean;
}

Range Swarm::own_particles() const {
  const Range own = reduction_.own();
  return {std::min(own.begin * block_size, settings_.particles), std::min(own.end * block_size, settings_.particles)};
}

void Swarm::copy(Index i, View out) const {
  const double* x = x_.values.data() + (i / block_size - reduction_.own().begin) * block_size * place_.dimension;
  Points(x, block_size, place_.dimension).copy(i % block_size, out);
}

void Swarm::list_state(StateList& state, const std::string& prefix) {
  state.scalar(prefix + "step", k_);
  if (isotropic_by_rule(settings_.motion)) {
    if (state.has_scalar(prefix + "s"))
      state.scalar(prefix + "s", settings_.motion.s);
    else  // a checkpoint of version 0.1.0, whose rule was that of anisotropic noise
      settings_.motion.s = former_s_;
  }
  const auto list = [&](const std::string& name, SegmentVector& value) {
    if (place_.spread == Spread::split)
      state.by_segment(prefix + name, value);
    else
      state.global(prefix + name, value.values);
  };
  list("particles", x_);
  list("energies", energy_);
  if (settings_.motion.memory) {
    list("memory", memory_);
    list("memory_energies", memory_energy_);
  }
  state.global(prefix + "consensus", c_);
  if (place_.with_best) state.global(prefix + "best", best_);
  for (const auto& [name, value] : {std::pair{"alpha", &alpha_},
                                    {"effective", &effective_},
                                    {"diameter", &diameter_},
                                    {"variance", &variance_},
                                    {"active", &active_},
                                    {"best_value", &best_value_}})
    state.scalar(prefix + name, *value);
  state.scalar(prefix + "evaluations", evaluations_);
  state.scalar(prefix + "dropped", dropped_);
  state.scalar(prefix + "stagnating", stagnating_);
  if (settings_.alpha.hold < infinity) {
    state.scalar(prefix + "settled_value", settled_value_);
    state.scalar(prefix + "settled", settled_);
  }
}

}  // namespace vireo::particles
