#include <cmath>

#include "regularizers/describe.hpp"
#include "regularizers/domain.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

class AbsoluteSum final : public Regularizer {
 public:
  explicit AbsoluteSum(double weight) : weight_(weight) {}

  // written so that NaN fails the comparison and stays NaN
  void prox(double gamma, View z) const override {
    const double threshold = gamma * weight_;
    for (double& value : z) value = std::abs(value) <= threshold ? 0 : value - std::copysign(threshold, value);
  }
  [[nodiscard]] double value(ConstView z) const override {
    Vector magnitudes(z.begin(), z.end());
    for (double& magnitude : magnitudes) magnitude = std::abs(magnitude);
    return weight_ * kernels::sum(magnitudes);
  }
  [[nodiscard]] bool zero() const override { return weight_ == 0; }
  [[nodiscard]] std::string description() const override { return "l1 of weight " + format_real(weight_); }

 private:
  double weight_;
};

}  // namespace

RegularizerPlugIn l1() {
  return plug_in({.name = "l1",
                  .summary = "sum of magnitudes; makes solutions sparse",
                  .formula = "g(z) = weight ||z||_1;  prox: sign(z_j) max(|z_j| - gamma weight, 0)",
                  .reference = proximal_algorithms,
                  .parameters = {Parameter::real("weight", "1", "factor of the norm", 0, infinity)},
                  .also_called = {"lasso"}},
                 [](const Parameters& parameters) { return make_l1(parameters.real("weight")); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_l1(double weight) {
  regularizers::require(weight >= 0 && weight < regularizers::infinity, "l1: weight", weight, "weight >= 0");
  return std::make_shared<regularizers::AbsoluteSum>(weight);
}

}  // namespace vireo
