// Pins that masha1's defaults send less than 0.6 of extragradient's bytes up, by Rand-k, on an operator of a user's own
// that is not affine, declares nothing and has a set: robust logistic regression.
#include <gtest/gtest.h>

#include <cmath>

#include "vireo/app/solve.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

constexpr Index features = 60;
constexpr Index rows = 400;

/// min over w, max over one shift s of all rows in a ball, of mean_i log(1 + exp(-y_i <w, x_i + s>)) + (lambda/2) |w|^2 -
/// (penalty/2) |s|^2. Rows have a twelfth of their entries 1, the others 0.
class RobustLogistic final : public ComponentProblem {
 public:
  explicit RobustLogistic(const ProblemContext& context) : ComponentProblem(context, 2 * features, rows) {
    random::Stream draws({.seed = 7, .purpose = random::Purpose::problem}, 0);
    Vector truth(features);
    for (double& t : truth) t = draws.uniform() - 0.5;
    x_.assign(rows * features, 0.0);
    for (Index i = 0; i < rows; ++i) {
      const View x = View(x_).subspan(i * features, features);
      for (double& entry : x) entry = draws.uniform() < 1.0 / 12 ? 1 : 0;
      y_.push_back(kernels::dot(x, truth) + 0.2 * (draws.uniform() - 0.5) > 0 ? 1 : -1);
    }
  }

  void component(Index i, ConstView z, View out) const override {
    constexpr double lambda = 0.05, penalty = 1;
    const auto w = z.first(features), s = z.last(features);
    const auto x = ConstView(x_).subspan(i * features, features);
    const double slope = -y_[i] / (1 + std::exp(y_[i] * (kernels::dot(w, x) + kernels::dot(w, s))));
    for (Index j = 0; j < features; ++j) {
      out[j] = slope * (x[j] + s[j]) + lambda * w[j];
      out[features + j] = -slope * w[j] + penalty * s[j];
    }
  }
  [[nodiscard]] std::vector<Block> blocks() const override {
    return {{"w", {0, features}}, {"s", {features, 2 * features}}};
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override { return {nullptr, make_ball(0.3)}; }

 private:
  Vector x_, y_;
};

Result solved(const std::string& method, const std::string& uplink) {
  return solve([](const ProblemContext& context) { return std::make_unique<RobustLogistic>(context); },
               {.settings = {{"method", method},
                             {"uplink", uplink},
                             {"workers", "16"},
                             {"tolerance", "0"},
                             {"relative-tolerance", "1e-4"},
                             {"max-iterations", "20000"}}});
}

TEST(RobustLogistic, CompressedRunsSendLess) {
  const auto uncompressed = solved("extragradient", "none");
  ASSERT_EQ(uncompressed.termination, Termination::converged);
  for (const char* const uplink : {"randk:fraction=0.1", "natural"}) {
    const auto compressed = solved("masha1", uplink);
    ASSERT_EQ(compressed.termination, Termination::converged) << uplink;
    const auto up = [](const Result& result) { return static_cast<double>(result.totals.wire_bytes_up); };
    EXPECT_LT(up(compressed), 0.6 * up(uncompressed)) << uplink;
  }
}

}  // namespace
}  // namespace vireo
