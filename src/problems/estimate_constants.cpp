#include "problems/estimate_constants.hpp"

#include <algorithm>
#include <cmath>

#include "problems/worker_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors; others are in determine_constants.cpp
constexpr std::uint64_t stream_pairs = 100;
/// Cosines of this size are the rounding of differences at nearby points.
constexpr double rounding = 1e-6;

class Pairs {
 public:
  Pairs(const Problem& problem, Exchange& exchange, const Regularizer& g)
      : problem_(problem),
        exchange_(exchange),
        g_(g),
        u_(problem.dimension()),
        v_(problem.dimension()),
        step_(problem.dimension()),
        of_workers_(exchange.workers().size()) {}

  Estimate look(ConstView z0) {
    constexpr int starts = 4;
    constexpr int turns = 8;
    const double root_d = std::sqrt(static_cast<double>(z0.size()));
    const double size = std::max(1.0, kernels::norm(z0) / root_d);
    for (int start = 0; start < starts; ++start) {
      random::normals({.seed = 0,
                       .purpose = random::Purpose::estimate,
                       .iteration = stream_pairs + static_cast<std::uint64_t>(start)},
                      0, step_);
      kernels::add_scaled(z0, start == 0 ? 0.0 : size, step_, u_);
      g_.prox(1.0, u_);
      for (int turn = 0; turn < turns; ++turn) {
        const double length = kernels::norm(step_);
        if (!(length > 0)) break;
        kernels::add_scaled(u_, 1e-4 * size * root_d / length, step_, v_);
        g_.prox(1.0, v_);
        if (!take_pair()) break;
      }
    }
    return std::move(found_);
  }

 private:
  /// Evaluates F at u and v; step_ becomes F(v) - F(u). False: they are one point.
  bool take_pair() {
    const double distance = kernels::distance(u_, v_);
    if (!(distance > 0)) return false;
    const Index first = exchange_.workers().begin;
    Vector of_u(u_.size()), of_v(u_.size());
    exchange_.mean(
        [&](Index m, View x) {
          problem_.shard(m).mean_pair(u_, v_, of_u, of_v);
          exchange_.ledger().oracle_calls += 2 * static_cast<std::int64_t>(problem_.shard(m).components());
          kernels::subtract(of_v, of_u, x);
          of_workers_[m - first] = kernels::norm(x);
        },
        step_);
    const double changed = kernels::norm(step_);
    found_.L = std::max(found_.L, changed / distance);
    const auto all = share_worker_values(exchange_, [&](Index m) { return of_workers_[m - first]; });
    found_.L_tilde = std::max(found_.L_tilde, root_mean_square(all) / distance);

    kernels::subtract(v_, u_, v_);
    const double curvature = kernels::dot(step_, v_) / distance / distance;
    if (curvature < -rounding * changed / distance &&
        (!found_.not_monotone || curvature < found_.not_monotone->curvature))
      found_.not_monotone = {.curvature = curvature, .distance = distance, .u = u_};
    return true;
  }

  const Problem& problem_;
  Exchange& exchange_;
  const Regularizer& g_;
  Vector u_, v_, step_;
  std::vector<double> of_workers_;
  Estimate found_;
};

}  // namespace

Estimate estimate_constants(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0) {
  return Pairs(problem, exchange, g).look(z0);
}

}  // namespace vireo::problems
