#include <algorithm>
#include <cmath>

#include "regularizers/describe.hpp"
#include "regularizers/domain.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

/// A norm as mantissa 2^exponent: its square neither overflows nor underflows. The mantissa alone is NaN or infinite.
struct ScaledNorm {
  double mantissa;
  int exponent;
};

ScaledNorm scaled_norm(ConstView z) {
  const double squared = kernels::squared_norm(z);
  if (squared > 1e-270 && squared < 1e300) return {std::sqrt(squared), 0};
  const double largest = kernels::max_abs(z);
  if (largest == 0 || !std::isfinite(largest)) return {largest, 0};
  const int exponent = std::ilogb(largest);
  Vector scaled(z.begin(), z.end());
  for (double& value : scaled) value = std::ldexp(value, -exponent);
  return {kernels::norm(scaled), exponent};
}

class Ball final : public Regularizer {
 public:
  explicit Ball(double radius) : radius_(radius) {}

  void prox(double /*gamma*/, View z) const override {
    const auto [mantissa, exponent] = scaled_norm(z);
    if (!std::isfinite(mantissa)) {
      std::fill(z.begin(), z.end(), std::numeric_limits<double>::quiet_NaN());  // no direction to project along
      return;
    }
    if (mantissa <= std::ldexp(radius_, -exponent)) return;
    if (exponent != 0)
      for (double& value : z) value = std::ldexp(value, -exponent);
    // not z (radius/||z||): that factor can underflow, the unit vector's coordinates only where they are negligible
    for (double& value : z) value = radius_ * (value / mantissa);
  }
  [[nodiscard]] double value(ConstView z) const override {
    const auto [mantissa, exponent] = scaled_norm(z);
    if (std::isnan(mantissa)) return mantissa;
    return mantissa <= std::ldexp(radius_, -exponent) * (1 + domain_rounding) ? 0 : infinity;
  }
  [[nodiscard]] std::string description() const override { return "ball of radius " + format_real(radius_); }

 private:
  double radius_;
};

}  // namespace

RegularizerPlugIn ball() {
  return plug_in({.name = "ball",
                  .summary = "Euclidean ball around 0",
                  .formula = "g = indicator of {||z|| <= radius};  prox: z min(1, radius / ||z||)",
                  .reference = proximal_algorithms,
                  .parameters = {Parameter::positive("radius", "1", "radius of the ball")}},
                 [](const Parameters& parameters) { return make_ball(parameters.real("radius")); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_ball(double radius) {
  regularizers::require(radius > 0 && radius < regularizers::infinity, "ball: radius", radius, "radius > 0");
  return std::make_shared<regularizers::Ball>(radius);
}

}  // namespace vireo
