#include "regularizers/describe.hpp"
#include "regularizers/domain.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

class SquaredNorm final : public Regularizer {
 public:
  explicit SquaredNorm(double weight) : weight_(weight) {}

  // gamma weight u + u - z = 0
  void prox(double gamma, View z) const override {
    const double divisor = 1 + gamma * weight_;
    for (double& value : z) value /= divisor;
  }
  [[nodiscard]] double value(ConstView z) const override { return weight_ / 2 * kernels::squared_norm(z); }
  [[nodiscard]] bool zero() const override { return weight_ == 0; }
  [[nodiscard]] double strong_convexity() const override { return weight_; }
  [[nodiscard]] std::string description() const override { return "l2 of weight " + format_real(weight_); }

 private:
  double weight_;
};

}  // namespace

RegularizerPlugIn l2() {
  return plug_in({.name = "l2",
                  .summary = "squared Euclidean norm; makes g strongly convex",
                  .formula = "g(z) = (weight/2) ||z||^2;  prox: z / (1 + gamma weight);  mu_g = weight",
                  .reference = proximal_algorithms,
                  .parameters = {Parameter::real("weight", "1", "the constant of strong convexity", 0, infinity)},
                  .also_called = {"ridge", "tikhonov"}},
                 [](const Parameters& parameters) { return make_l2(parameters.real("weight")); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_l2(double weight) {
  regularizers::require(weight >= 0 && weight < regularizers::infinity, "l2: weight", weight, "weight >= 0");
  return std::make_shared<regularizers::SquaredNorm>(weight);
}

}  // namespace vireo
