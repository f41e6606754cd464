#pragma once

#include <functional>
#include <limits>

#include "exchange/block_reduction.hpp"
#include "particles/settings.hpp"
#include "particles/tally.hpp"
#include "vireo/core/state.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::particles {

/// Values of alpha that one round of the choice by effective sample size tries, and the numbers in its record
inline constexpr Index sample_size_candidates = 24;
inline constexpr Index sample_size_record = 2 + 2 * sample_size_candidates;

/// The energy of a particle that has none: what is kept is always finite, as checkpoints want it.
inline constexpr double no_value = std::numeric_limits<double>::max();

/// A set of particles X^i in R^d with their consensus point c = sum_i w_i X^i / sum_i w_i, w_i = exp(-alpha E(X^i)).
///
/// Particles lie on the ranks in blocks of 64, by index; every number is a function of the index and of sums in one
/// order, so that the set moves alike on any number of ranks. One reduction per step.
class Swarm {
 public:
  /// E at a block of particles. Called for this rank's blocks in order; and, on every rank alike, for c.
  using Energy = std::function<void(const Points&, View out)>;
  /// E at the particles of many blocks, one after the other
  using Energies = std::function<void(const PointBlocks&, View out)>;
  /// Brings moved particles (rows as in Points, first of them `rows`) back into the set, or moves them on
  using Settle = std::function<void(double* rows, Index particles)>;

  struct Place {
    Exchange& exchange;
    Spread spread = Spread::split;
    std::uint64_t seed = 0;
    Index group = 0;  ///< tells the random numbers of several swarms apart
    Index dimension = 0;
    Index calls = 1;         ///< oracle calls that one evaluation counts as
    bool with_best = false;  ///< best() is needed
    /// Where it is there, all own particles are evaluated by one call of it, rather than block by block while a block
    /// is in the cache. The same on all ranks where they are replicated.
    Energies energies{};
  };
  Swarm(Settings settings, Place place, Settle settle);

  /// Draws X_0 around z0 (or in the box), evaluates it, and finds c_0.
  void start(ConstView z0, const Energy& energy);
  /// X_{k+1}, alpha_{k+1}, c_{k+1}. throws NotFinite on all ranks if no value is finite
  void step(const Energy& energy);

  /// The halves of `start` and `step`, for energies that change between them: X_0 alone,
  void draw(ConstView z0);
  /// alpha and c, from energies at the particles as they are,
  void weigh(const Energy& energy);
  /// X_{k+1} alone. value_at_c: E there, which the correction needs
  void move(double value_at_c = 0);
  /// The mean of all particles. Collective, one reduction.
  [[nodiscard]] Vector mean();

  [[nodiscard]] ConstView consensus() const { return c_; }
  [[nodiscard]] ConstView best() const { return best_; }  ///< the particle of smallest E of all steps
  [[nodiscard]] double best_value() const { return best_value_; }
  [[nodiscard]] double alpha() const { return alpha_; }
  /// (sum w)^2 / sum w^2
  [[nodiscard]] double effective() const { return effective_; }
  /// 2 max_i max_j |X^i_j - c_j|, c the consensus before the latest one
  [[nodiscard]] double diameter() const { return diameter_; }
  /// mean_i |X^i - c|^2 likewise
  [[nodiscard]] double variance() const { return variance_; }
  [[nodiscard]] std::int64_t evaluations() const { return evaluations_; }
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }  ///< evaluations that were not finite, in all
  [[nodiscard]] Index particles() const;                           ///< now
  [[nodiscard]] const Settings& settings() const { return settings_; }

  /// Particle i, if it is this rank's; for tests and for whoever looks on
  [[nodiscard]] Range own_particles() const;
  void copy(Index i, View out) const;

  void list_state(StateList& state, const std::string& prefix);

 private:
  enum Draw : std::uint64_t { motion_draw = 0, kick_draw = 1, start_draw = 2, batch_draw = 3 };
  [[nodiscard]] random::Key key(Draw draw, std::int64_t k) const;
  [[nodiscard]] Index size_of(Index block) const;
  [[nodiscard]] double* rows(Index block);
  /// 1 for the particles of a block that are evaluated in step k, else 0
  [[nodiscard]] BlockValues batch_of(Index block, std::int64_t k) const;
  /// how many those are, in any step
  [[nodiscard]] Index batch_size(Index block) const;
  [[nodiscard]] Points evaluated(Index block);
  void keep(Index block, ConstView values);

  [[nodiscard]] bool kick_due() const;
  void begin(ConstView z0);
  void draw_start(Index block, ConstView z0);
  [[nodiscard]] bool draw_ahead();
  [[nodiscard]] const double* noise_of(Index block);
  void move_block(Index block, double value_at_c);
  void charge(Index evaluations);
  void evaluate_block(Index block, const Energy& energy);
  void evaluate_together();
  void weigh_block(Index block);
  void weigh_all(const Energy& energy, const std::function<void(Index block)>& prepare);
  void take(ConstView record, Index evaluations);
  [[nodiscard]] double alpha_for_sample_size();
  /// alpha of a step, by its factor up to alpha.hold. At that temperature the value at the consensus comes down to about
  /// d / (2 hold), and the swarm, if it is in the valley of a minimum that is not the least, can still leave it: it stays
  /// as wide as the differences of 1 / hold in f are, and some particles go far. With a larger alpha it comes together
  /// for good. So alpha stays there until for a quarter of all steps so far no particle was better by more than d / hold
  /// than the best one before; then it is multiplied by 1.2 in every step. Where a better one is found after all, alpha
  /// is hold again.
  [[nodiscard]] double next_alpha();

  Settings settings_;
  double former_s_ = 0;  ///< what version 0.1.0 took for s where it was not given
  Place place_;
  Settle settle_;
  Tally tally_;
  BlockReduction reduction_;
  BlockReduction sizes_;  ///< for the choice of alpha by effective sample size
  Index blocks_;
  std::int64_t k_ = 0;
  SegmentVector x_, energy_, memory_, memory_energy_;
  Vector c_, best_, before_;
  Vector noise_, batch_rows_, record_;
  Vector noise_ahead_;            ///< of the first own blocks, for the next step: see draw_ahead
  Index ahead_ = 0;               ///< how many blocks it holds the noise of ...
  std::int64_t ahead_step_ = -1;  ///< ... and of which step
  double alpha_ = 0, effective_ = 0, diameter_ = 0, variance_ = 0, active_ = 0;
  double best_value_ = infinity;
  std::int64_t evaluations_ = 0, dropped_ = 0, stagnating_ = 0;
  double settled_value_ = no_value;  ///< best_value_ when it last fell by so much that alpha did not rise
  std::int64_t settled_ = 0;         ///< steps since then in which alpha had come to its hold
};

}  // namespace vireo::particles
