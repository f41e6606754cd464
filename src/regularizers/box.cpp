#include <cmath>
#include <utility>

#include "regularizers/domain.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
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

RegularizerPointer make_box(double lower, double upper) {
  require(lower < infinity, "box: lower", lower, "lower < inf");
  require(upper > -infinity, "box: upper", upper, "upper > -inf");
  if (lower > upper)
    throw UsageError("box: lower=" + format_real(lower) + " is larger than upper=" + format_real(upper));
  return std::make_shared<Box>(lower, upper, "box [" + format_real(lower) + ", " + format_real(upper) + "]");
}

RegularizerPointer make_nonnegative() { return std::make_shared<Box>(0.0, infinity, "nonnegative"); }

}  // namespace vireo
