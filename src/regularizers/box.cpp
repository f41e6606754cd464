#include <cmath>
#include <utility>

#include "regularizers/describe.hpp"
#include "regularizers/domain.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

class Box final : public Regularizer {
 public:
  Box(double lower, double upper, std::string description)
      : lower_(lower), upper_(upper), description_(std::move(description)) {}

  // NaN fails both comparisons and stays NaN
  void prox(double /*gamma*/, View z) const override {
    for (double& value : z) value = value < lower_ ? lower_ : value > upper_ ? upper_ : value;
  }
  [[nodiscard]] double value(ConstView z) const override {
    // an infinite bound times the rounding is infinite too, with the right sign
    const double least = lower_ - domain_rounding * std::abs(lower_);
    const double most = upper_ + domain_rounding * std::abs(upper_);
    double result = 0;
    for (const double coordinate : z) {
      if (std::isnan(coordinate)) return coordinate;
      if (coordinate < least || coordinate > most) result = infinity;
    }
    return result;
  }
  [[nodiscard]] bool zero() const override { return lower_ == -infinity && upper_ == infinity; }
  [[nodiscard]] std::string description() const override { return description_; }

 private:
  double lower_;
  double upper_;
  std::string description_;
};

}  // namespace

RegularizerPlugIn box() {
  return plug_in(
      {.name = "box",
       .summary = "the same bounds on every coordinate",
       .formula = "g = indicator of {lower <= z_j <= upper};  prox: min(max(z_j, lower), upper)",
       .reference = proximal_algorithms,
       .parameters =
           {Parameter::real("lower", "-1", "lower bound, or -inf; at most upper", -infinity, infinity).or_infinite(),
            Parameter::real("upper", "1", "upper bound, or inf", -infinity, infinity).or_infinite()}},
      [](const Parameters& parameters) { return make_box(parameters.real("lower"), parameters.real("upper")); });
}

RegularizerPlugIn nonnegative() {
  return plug_in({.name = "nonnegative",
                  .summary = "no coordinate below zero",
                  .formula = "g = indicator of {z_j >= 0};  prox: max(z_j, 0)",
                  .reference = proximal_algorithms,
                  .parameters = {},
                  .also_called = {"positive", "nonneg", "orthant"}},
                 [](const Parameters&) { return make_nonnegative(); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_box(double lower, double upper) {
  regularizers::require(lower < regularizers::infinity, "box: lower", lower, "lower < inf");
  regularizers::require(upper > -regularizers::infinity, "box: upper", upper, "upper > -inf");
  if (lower > upper)
    throw UsageError("box: lower=" + format_real(lower) + " is larger than upper=" + format_real(upper));
  return std::make_shared<regularizers::Box>(lower, upper,
                                             "box [" + format_real(lower) + ", " + format_real(upper) + "]");
}

RegularizerPointer make_nonnegative() {
  return std::make_shared<regularizers::Box>(0.0, regularizers::infinity, "nonnegative");
}

}  // namespace vireo
