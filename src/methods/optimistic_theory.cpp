#include "methods/optimistic_theory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vireo::methods {

double OptimisticTheory::alpha(double eta) const {
  const double x = c * eta * mu;
  return 1 - std::min(x / (3 + x), probability / 2);
}

bool OptimisticTheory::proves(double eta) const {
  const double r = 1 / (1 - eta * lacking);
  const double left = room - probability - inexact * r * eta * mu - 2 * eta * L;
  if (!(eta * lacking < 1) || !(left >= 0)) return false;
  const double noise = 2 * f * r * (eta * N) * (eta * N);
  if (noise == 0) return true;
  const double zeta = alpha(eta) * probability / noise - 1;
  return zeta > 0 && noise * (1 + 1 / zeta) <= left;
}

double OptimisticTheory::step() const {
  const auto bound = [](double numerator, double constant) {
    return constant > 0 ? numerator / constant : std::numeric_limits<double>::infinity();
  };
  double above = std::min({bound(1, L), bound(1, N), inexact > 0 ? bound(2 * room, inexact * mu) : bound(1, 0)});
  if (!std::isfinite(above)) return above;
  double eta = 0;
  for (int i = 0; i < 100; ++i) {
    const double middle = (eta + above) / 2;
    (proves(middle) ? eta : above) = middle;
  }
  return eta;
}

}  // namespace vireo::methods
