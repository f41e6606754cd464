#include "vireo/problems/objective.hpp"

#include <algorithm>
#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo {

void Objective::values_together(const PointBlocks& blocks, View out, Ledger& /*ledger*/) const {
  blocks.for_each([&](const Points& points, Index first) { values(points, out.subspan(first, points.size())); });
}

void PointwiseObjective::values(const Points& points, View out) const {
  Vector z(points.dimension());
  for (Index p = 0; p < points.size(); ++p) {
    points.copy(p, z);
    out[p] = at(z);
  }
}

ObjectiveProblem::ObjectiveProblem(const ProblemContext& context, Index dimension, std::unique_ptr<const Objective> f,
                                   About about)
    : AnyProblem(context.place(about.components)), dimension_(dimension), f_(std::move(f)), about_(std::move(about)) {}

Vector ObjectiveProblem::initial_point() const {
  return about_.initial ? *about_.initial : Vector(dimension_, (about_.lower + about_.upper) / 2);
}

double objective_residual(const Objective& f, const Regularizer& g, ConstView z) {
  const double value = f.value(z) + (g.zero() ? 0.0 : g.value(z));
  if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
  const double above = value - f.reference();
  const double rounding = 1e-10 * (1 + std::abs(f.reference()));
  return above < -rounding ? above : std::max(above, 0.0);
}

}  // namespace vireo
