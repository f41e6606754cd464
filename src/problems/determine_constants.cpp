#include "problems/determine_constants.hpp"

#include <algorithm>
#include <cmath>

#include "core/scaled_norm.hpp"
#include "linalg/spectrum.hpp"
#include "problems/constant_operator.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors of the eigenvalue iterations; others are in estimate_constants.cpp
enum Stream : std::uint64_t {
  stream_L = 1,
  stream_mu = 2,
  stream_component = 3,
  stream_symmetry = 4,
  stream_scale = 5,
  stream_mean_square = 6
};

/// The mean operator J of affine shards and what goes with it, distributed.
class AffineSpectrum {
 public:
  AffineSpectrum(const Problem& problem, Exchange& exchange)
      : problem_(problem), exchange_(exchange), first_(problem.dimension()), second_(problem.dimension()) {}

  /// The first to be asked for. Where the squares in J'J overflow or vanish, J is scaled, for this and all that follows.
  double L() {
    const double found = root_of_gram();
    if (kernels::safe_square(found * found) || !choose_scale()) return found;
    return root_of_gram() / scale_;
  }

  double L_tilde() {
    return root_mean_square(share_worker_values(exchange_, [&](Index m) {
      const auto& shard = shard_of(m);
      const auto gram = [&](ConstView v, View out) {
        shard.apply(v, first_);
        to_scale(first_);
        shard.apply_transpose(first_, out);
        to_scale(out);
      };
      // 1e-5 of a worker's constant is far below what a step size can feel, and half the passes
      return std::sqrt(linalg::largest_eigenvalue(problem_.dimension(), gram, stream_L, 1e-5)) / scale_;
    }));
  }

  /// mean_m J_m'J_m; an upper bound, as all of these are
  double L_ms() {
    const auto gram = [&](ConstView v, View out) {
      exchange_.mean(
          [&](Index m, View x) {
            const auto& shard = shard_of(m);
            shard.apply(v, second_);
            to_scale(second_);
            shard.apply_transpose(second_, x);
            to_scale(x);
          },
          out);
    };
    return std::sqrt(linalg::largest_eigenvalue(problem_.dimension(), gram, stream_mean_square, 1e-5)) / scale_;
  }

  /// Empty where the squares overflow or vanish, because the sum of the squares is one operation of the shards.
  std::optional<double> L_component() {
    if (scale_ != 1) return std::nullopt;
    const auto gram = [&](ConstView v, View out) {
      exchange_.mean([&](Index m, View x) { shard_of(m).apply_mean_gram(v, x); }, out);
    };
    return std::sqrt(linalg::largest_eigenvalue(problem_.dimension(), gram, stream_component));
  }

  double mu() {
    const auto symmetric = [&](ConstView v, View out) {
      apply(v, first_);
      apply_transpose(v, second_);
      kernels::combine(0.5, first_, 0.5, second_, out);
    };
    return linalg::spectral_range(problem_.dimension(), symmetric, stream_mu).smallest / scale_;
  }

  bool symmetric() {
    Vector v(problem_.dimension());
    random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream_symmetry}, 0, v);
    apply(v, first_);
    apply_transpose(v, second_);
    return kernels::distance(first_, second_) <= 1e-12 * kernels::norm(first_);
  }

 private:
  const AffineShard& shard_of(Index m) const { return dynamic_cast<const AffineShard&>(problem_.shard(m)); }
  void apply(ConstView v, View out) {
    exchange_.mean([&](Index m, View x) { shard_of(m).apply(v, x); }, out);
    to_scale(out);
  }
  void apply_transpose(ConstView v, View out) {
    exchange_.mean([&](Index m, View x) { shard_of(m).apply_transpose(v, x); }, out);
    to_scale(out);
  }
  double root_of_gram() {
    return std::sqrt(linalg::largest_eigenvalue(
        problem_.dimension(),
        [&](ConstView v, View out) {
          apply(v, first_);
          apply_transpose(first_, out);
        },
        stream_L));
  }
  void to_scale(View v) const {
    if (scale_ != 1) kernels::scale(scale_, v);
  }
  /// By the size of J v for one random v. False: J v = 0, or it is not finite.
  bool choose_scale() {
    Vector v(problem_.dimension());
    random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream_scale}, 0, v);
    apply(v, first_);
    const double largest = kernels::max_abs(first_);
    if (!(largest > 0) || !std::isfinite(largest)) return false;
    scale_ = kernels::scale_of(largest);
    return true;
  }

  const Problem& problem_;
  Exchange& exchange_;
  Vector first_, second_;
  double scale_ = 1;  ///< a power of 2 that J is multiplied by
};

void compute_affine(const Problem& problem, Exchange& exchange, Constants& constants) {
  AffineSpectrum spectrum(problem, exchange);
  if (!constants.L) constants.L = {spectrum.L(), Origin::computed};
  if (!constants.L_tilde) constants.L_tilde = {spectrum.L_tilde(), Origin::computed};
  if (!constants.L_ms) constants.L_ms = {std::min(spectrum.L_ms(), constants.L_tilde->value), Origin::computed};
  if (!constants.L_component)
    if (const auto value = spectrum.L_component()) constants.L_component = {*value, Origin::computed};
  if (!constants.mu) {
    const double mu = spectrum.mu();
    // rounding of a skew operator is not strong monotonicity
    constants.mu = {std::abs(mu) <= 1e-10 * constants.L->value ? 0.0 : mu, Origin::computed};
  }
  if (!constants.cocoercivity) {
    const double L = constants.L->value;
    if (constants.mu->value >= 0 && spectrum.symmetric())
      constants.cocoercivity = {L, Origin::computed};
    else if (constants.mu->value > 0)
      constants.cocoercivity = {L * L / constants.mu->value, Origin::bounded};
  }
  if (!constants.cocoercivity_component && constants.L_component && constants.mu->value > 0)
    constants.cocoercivity_component = {
        constants.L_component->value * constants.L_component->value / constants.mu->value, Origin::bounded};
}

/// L_ms of an operator that is not affine: F_m is W_m times a mean of the worker's components, W_m = M P_m being the
/// worker's weight in F, so that by Jensen's inequality mean_m ||F_m(u)-F_m(v)||^2 <= W L_component^2 ||u-v||^2, W the
/// largest weight. Not known where L_tilde, which is a bound as well, is no larger.
void bound_mean_square(const Problem& problem, Exchange& exchange, Constants& constants) {
  const auto& component = constants.L_component;
  if (constants.L_ms || !constants.L_tilde || constants.L_tilde->origin == Origin::estimated) return;
  if (!component || component->origin == Origin::estimated) return;
  const auto M = static_cast<double>(problem.layout().workers());
  const auto n = static_cast<double>(problem.components());
  const auto weights = share_worker_values(exchange, [&](Index m) {
    const auto& shard = problem.shard(m);
    return shard.drawn_share() > 0 ? shard.drawn_share() : M * static_cast<double>(shard.components()) / n;
  });
  const double together = std::sqrt(*std::ranges::max_element(weights)) * component->value;
  if (together < constants.L_tilde->value) constants.L_ms = {together, component->origin};
}

/// Where F is not constant, a constant of 0 is one whose square has vanished.
void forget_vanished(Constants& constants) {
  for (auto* const constant : {&constants.L_tilde, &constants.L_ms, &constants.L_component, &constants.cocoercivity,
                               &constants.cocoercivity_component})
    if (*constant && (*constant)->value == 0) constant->reset();
}

}  // namespace

Determined determine_constants(const Problem& problem, Exchange& exchange, const Regularizer& regularizer,
                               ConstView z0) {
  Determined found{.constants = problem.constants(exchange)};
  auto& constants = found.constants;
  if (problem.affine()) {
    compute_affine(problem, exchange, constants);
  } else if (!constants.L || !constants.L_tilde) {
    auto estimate = estimate_constants(problem, exchange, regularizer, z0);
    if (!constants.L) constants.L = {estimate.margin * estimate.L, Origin::estimated};
    if (!constants.L_tilde)
      constants.L_tilde = {estimate.margin * std::max(estimate.L, estimate.L_ms), Origin::estimated};
    if (!constants.mu && estimate.not_monotone) constants.mu = {estimate.not_monotone->curvature, Origin::estimated};
    found.not_monotone = std::move(estimate.not_monotone);
  }
  bound_mean_square(problem, exchange, constants);
  found.constant = constant_operator(constants);
  if (found.constant)
    take_any_constants(constants);
  else
    forget_vanished(constants);
  return found;
}

}  // namespace vireo::problems
