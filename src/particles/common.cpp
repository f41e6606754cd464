#include "particles/common.hpp"

namespace vireo::particles {

void for_points(double* rows, Index particles, Index dimension, const std::function<void(View point)>& change) {
  Vector point(dimension);
  for (Index p = 0; p < particles; ++p) {
    for (Index j = 0; j < dimension; ++j) point[j] = rows[j * block_size + p];
    change(point);
    for (Index j = 0; j < dimension; ++j) rows[j * block_size + p] = point[j];
  }
}

Swarm::Settle bring_back(const Regularizer& g, Index dimension, Bounds how) {
  if (g.zero()) return {};
  return [&g, dimension, how](double* rows, Index particles) {
    Vector inside(dimension);
    for_points(rows, particles, dimension, [&](View x) {
      if (how == Bounds::reflect) {
        inside.assign(x.begin(), x.end());
        g.prox(1.0, inside);
        for (Index j = 0; j < dimension; ++j) x[j] = 2 * inside[j] - x[j];
      }
      g.prox(1.0, x);
    });
  };
}

std::vector<Measure> measures_of(const Swarm& swarm, const std::string& prefix) {
  return {
      {prefix + "best_value", "1", "smallest value that a particle had in any step so far", swarm.best_value()},
      {prefix + "diameter", "1",
       "2 max_i max_j |X^i_j - c_j|, with c the consensus that the step began with; the alive particles' alone",
       swarm.diameter()},
      {prefix + "effective_sample_size", "1", "(sum w)^2 / sum w^2 of the weights of the consensus", swarm.effective()},
      {prefix + "alpha", "1", "weights are exp(-alpha f)", swarm.alpha()},
      {prefix + "particles", "1", "particles in the step", static_cast<std::int64_t>(swarm.particles())},
      {prefix + "evaluations", "1", "evaluations at particles so far", swarm.evaluations()},
      {prefix + "dropped", "1", "evaluations so far that were not finite, whose particles had no weight",
       swarm.dropped()}};
}

}  // namespace vireo::particles
