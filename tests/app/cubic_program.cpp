// A user's program with an operator that declares no constants; run by estimated_constants_test.py.
#include <memory>

#include "vireo/app/main.hpp"
#include "vireo/problems/component_problem.hpp"

namespace {

using namespace vireo;

/// F_i(z)_j = z_j^3 - target^3 + (i - (n-1)/2): monotone, z* = (target, ..., target), and steeper there than at z^0 =
/// 0.
class Cubic final : public ComponentProblem {
 public:
  Cubic(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, 4, 8), target_(parameters.real("target")) {}

  void component(Index i, ConstView z, View out) const override {
    const double offset = static_cast<double>(i) - 3.5;
    for (Index j = 0; j < z.size(); ++j) out[j] = z[j] * z[j] * z[j] - target_ * target_ * target_ + offset;
  }

  [[nodiscard]] std::vector<Block> blocks() const override { return {{"all", {0, dimension()}}}; }

 private:
  double target_;
};

void register_cubic(Registry& registry) {
  ProblemPlugIn plug;
  plug.name = "cubic";
  plug.summary = "cubes";
  plug.parameters = {Parameter::real("target", "1", "z*", 0, 1e6)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<Cubic>(parameters, context);
  };
  registry.problems.add(std::move(plug));
}

}  // namespace

int main(int argc, char** argv) { return run_program(argc, argv, register_cubic); }
