#include "methods/halpern_certificate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vireo::methods {
namespace {

/// The largest eta ell for one s
double certified_with(double s, HalpernForm form, double rho, const RefreshLaw& probability, std::int64_t K) {
  double W = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (std::int64_t i = K - 1; i >= 0; --i) {
    const auto k = static_cast<double>(i);
    const double q = probability(i + 1);
    const double gain = (k + 2) * (k + 3) * (k + 4) / 2;  // B_k / lambda_k
    double cost = 0;                                      // of Delta_k
    double error = 0;                                     // of ||e_k||^2
    if (form == HalpernForm::plain) {
      const double A = (k + 3) * (k + 4) * (k + 4) / 4;
      cost = A * (1 + s);
      error = A / s + (k + 3) * (k + 4) * (k + 4) / (k + 6);
    } else {
      const double Q = (k + 3) * (k + 4) * (k + 6) / 4;
      cost = Q * (1 + s);
      error = Q * (1 + 1 / s);
    }
    smallest = std::min(smallest, gain / (cost + (1 - q) * W * rho));
    W = (1 - q) * W + error;
  }
  return smallest;
}

}  // namespace

double RefreshLaw::operator()(std::int64_t j) const {
  return j <= 1 ? 1.0 : std::max(std::min(1.0, 4 / (static_cast<double>(j) + 4)), floor);
}

double cert_eta(HalpernForm form, double rho, const RefreshLaw& probability) {
  const auto K = static_cast<std::int64_t>(40 / probability.floor + 200);
  constexpr int grid = 40;
  double best = 0;
  for (int i = 0; i <= grid; ++i)
    best = std::max(best, certified_with(std::pow(10.0, -1.5 + 3.0 * i / grid), form, rho, probability, K));
  return best;
}

}  // namespace vireo::methods
