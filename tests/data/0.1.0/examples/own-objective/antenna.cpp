// An objective of your own: where along a line to put the elements of an antenna so that it radiates to the front only.
//
//   antenna solve --problem antenna:elements=8 --method cbo:sigma=5 --tolerance 0.03
//
// n elements at x_1, ..., x_n (in wavelengths) radiate in phase; to the direction u = sin(angle) goes the power
// |sum_k exp(2 pi i x_k u)|^2 / n^2. What is minimised is the largest of it outside the main beam, over 200 directions:
// not smooth, with a local minimum for every order of the elements and many more.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "vireo/app/main.hpp"
#include "vireo/problems/objective.hpp"

namespace {

class SideLobes final : public vireo::PointwiseObjective {
 public:
  [[nodiscard]] double at(vireo::ConstView x) const override {
    const auto n = static_cast<double>(x.size());
    const double beam = 1.2 / n;  // half its width
    double largest = 0;
    for (int i = 0; i < 200; ++i) {
      const double u = beam + (1 - beam) * i / 199;
      double re = 0, im = 0;
      for (const double place : x) {
        re += std::cos(2 * std::numbers::pi * place * u);
        im += std::sin(2 * std::numbers::pi * place * u);
      }
      largest = std::max(largest, (re * re + im * im) / (n * n));
    }
    return largest;
  }
  // no power is negative; the true minimum is not known
  [[nodiscard]] double reference() const override { return 0; }
};

void register_antenna(vireo::Registry& registry) {
  vireo::ProblemPlugIn plug;
  plug.name = "antenna";
  plug.summary = "places of the elements of a linear antenna with the lowest side lobes";
  plug.formula = "f(x) = max_u |sum_k exp(2 pi i x_k u)|^2 / n^2 over u outside the main beam";
  plug.reference = "Balanis, Antenna Theory, 2016, chapter 6";
  plug.parameters = {vireo::Parameter::integer("elements", "8", "n, the dimension", 2)};
  plug.default_workers = 1;
  plug.make = [](const vireo::Parameters& parameters, const vireo::ProblemContext& context) {
    const auto n = parameters.integer("elements");
    const double half_length = 0.3 * static_cast<double>(n);
    return std::make_unique<vireo::ObjectiveProblem>(
        context, n, std::make_unique<SideLobes>(),
        vireo::ObjectiveProblem::About{.lower = -half_length, .upper = half_length});
  };
  registry.problems.add(std::move(plug));
}

}  // namespace

int main(int argc, char** argv) { return vireo::run_program(argc, argv, register_antenna); }
