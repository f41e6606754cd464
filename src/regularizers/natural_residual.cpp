#include <cmath>

#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

double natural_residual(ConstView z, ConstView F, const Regularizer& g) {
  if (g.zero()) return kernels::norm(F);
  Vector moved(z.size());
  kernels::add_scaled(z, -1.0, F, moved);
  g.prox(1.0, moved);
  return kernels::distance(z, moved);
}

}  // namespace vireo
