#include "regularizers/domain.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
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

RegularizerPointer make_l2(double weight) {
  require(weight >= 0 && weight < infinity, "l2: weight", weight, "weight >= 0");
  return std::make_shared<SquaredNorm>(weight);
}

}  // namespace vireo
