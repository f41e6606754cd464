#pragma once

#include <random>

#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo::testing {

/// Random points for tests: the same in every run.
class Points {
 public:
  explicit Points(unsigned seed) : engine_(seed) {}
  Vector normal(Index dimension, double scale = 1) {
    std::normal_distribution<double> distribution(0, scale);
    Vector z(dimension);
    for (double& value : z) value = distribution(engine_);
    return z;
  }
  double uniform(double least, double most) { return std::uniform_real_distribution<double>(least, most)(engine_); }

 private:
  std::mt19937_64 engine_;
};

/// prox as a value
inline Vector prox_of(const Regularizer& g, double gamma, Vector z) {
  g.prox(gamma, z);
  return z;
}

inline Vector difference(const Vector& x, const Vector& y) {
  Vector out(x.size());
  kernels::subtract(x, y, out);
  return out;
}

inline double distance(const Vector& x, const Vector& y) { return kernels::norm(difference(x, y)); }

}  // namespace vireo::testing
