#include "problems/determine_constants.hpp"
#include "problems/worker_values.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/spectrum.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors of the eigenvalue iterations
enum Stream : std::uint64_t {
  stream_L = 1,
  stream_mu = 2,
  stream_component = 3,
  stream_symmetry = 4,
  stream_pairs = 100
};

/// The mean operator J of affine shards and what goes with it, distributed.
class AffineSpectrum {
 public:
  AffineSpectrum(const Problem& problem, Exchange& exchange)
      : problem_(problem), exchange_(exchange), first_(problem.dimension()), second_(problem.dimension()) {}

  double L() {
    return std::sqrt(linalg::largest_eigenvalue(
        problem_.dimension(),
        [&](ConstView v, View out) {
          apply(v, first_);
          apply_transpose(first_, out);
        },
        stream_L));
  }

  double L_tilde() {
    return root_mean_square(share_worker_values(exchange_, [&](Index m) {
      const auto& shard = shard_of(m);
      const auto gram = [&](ConstView v, View out) {
        shard.apply(v, first_);
        shard.apply_transpose(first_, out);
      };
      // 1e-5 of a worker's constant is far below what a step size can feel, and half the passes
      return std::sqrt(linalg::largest_eigenvalue(problem_.dimension(), gram, stream_L, 1e-5));
    }));
  }

  double L_component() {
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
    return linalg::spectral_range(problem_.dimension(), symmetric, stream_mu).smallest;
  }

  bool symmetric() {
    Vector v(problem_.dimension());
    random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream_symmetry}, 0, v);
    apply(v, first_);
    apply_transpose(v, second_);
    return std::sqrt(kernels::squared_distance(first_, second_)) <= 1e-12 * kernels::norm(first_);
  }

 private:
  const AffineShard& shard_of(Index m) const { return dynamic_cast<const AffineShard&>(problem_.shard(m)); }
  void apply(ConstView v, View out) {
    exchange_.mean([&](Index m, View x) { shard_of(m).apply(v, x); }, out);
  }
  void apply_transpose(ConstView v, View out) {
    exchange_.mean([&](Index m, View x) { shard_of(m).apply_transpose(v, x); }, out);
  }

  const Problem& problem_;
  Exchange& exchange_;
  Vector first_, second_;
};

void compute_affine(const Problem& problem, Exchange& exchange, Constants& constants) {
  AffineSpectrum spectrum(problem, exchange);
  if (!constants.L) constants.L = {spectrum.L(), Origin::computed};
  if (!constants.L_tilde) constants.L_tilde = {spectrum.L_tilde(), Origin::computed};
  if (!constants.L_component) constants.L_component = {spectrum.L_component(), Origin::computed};
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
  if (!constants.cocoercivity_component && constants.mu->value > 0)
    constants.cocoercivity_component = {
        constants.L_component->value * constants.L_component->value / constants.mu->value, Origin::bounded};
}

/// Largest ||F(u) - F(v)|| / ||u - v|| over pairs of points of the domain: some random ones, each followed by steps
/// that turn u - v towards the direction that F stretches most.
void estimate(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0, Constants& constants) {
  constexpr int starts = 4;
  constexpr int turns = 8;
  const Index d = problem.dimension();
  Vector u(d), v(d), F_u(d), F_v(d), step(d);
  double L = 0;
  double L_tilde = 0;
  std::vector<double> worker_distance(exchange.workers().size());
  Vector mine_u(d), mine_v(d);
  const double size = std::max(1.0, kernels::norm(z0) / std::sqrt(static_cast<double>(d)));
  for (int start = 0; start < starts; ++start) {
    random::normals({.seed = 0,
                     .purpose = random::Purpose::estimate,
                     .iteration = stream_pairs + static_cast<std::uint64_t>(start)},
                    0, step);
    kernels::add_scaled(z0, start == 0 ? 0.0 : size, step, u);
    g.prox(1.0, u);
    for (int turn = 0; turn < turns; ++turn) {
      const double length = kernels::norm(step);
      if (!(length > 0)) break;
      kernels::add_scaled(u, 1e-4 * size * std::sqrt(static_cast<double>(d)) / length, step, v);
      g.prox(1.0, v);
      const double distance = std::sqrt(kernels::squared_distance(u, v));
      if (!(distance > 0)) break;
      exchange.mean(
          [&](Index m, View x) {
            problem.shard(m).mean_pair(u, v, mine_u, mine_v);
            exchange.ledger().oracle_calls += 2 * static_cast<std::int64_t>(problem.shard(m).components());
            kernels::subtract(mine_v, mine_u, x);
            worker_distance[m - exchange.workers().begin] = kernels::norm(x);
          },
          step);
      L = std::max(L, kernels::norm(step) / distance);
      const auto all =
          share_worker_values(exchange, [&](Index m) { return worker_distance[m - exchange.workers().begin]; });
      L_tilde = std::max(L_tilde, root_mean_square(all) / distance);
    }
  }
  if (!constants.L) constants.L = {L, Origin::estimated};
  if (!constants.L_tilde) constants.L_tilde = {std::max(L, L_tilde), Origin::estimated};
}

}  // namespace

Constants determine_constants(const Problem& problem, Exchange& exchange, const Regularizer& regularizer,
                              ConstView z0) {
  if (problem.objective() != nullptr) return {};
  Constants constants = problem.constants(exchange);
  if (problem.affine())
    compute_affine(problem, exchange, constants);
  else if (!constants.L || !constants.L_tilde)
    estimate(problem, exchange, regularizer, z0, constants);
  return constants;
}

}  // namespace vireo::problems
