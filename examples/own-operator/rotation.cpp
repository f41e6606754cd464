#include "vireo/app/main.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/regularizers/sets.hpp"

struct Rotation : vireo::SingleProblem {
  explicit Rotation(const vireo::ProblemContext& context)
      : SingleProblem(context, {1, 1}, {{"x", 1, vireo::make_nonnegative()}, {"y", 1, vireo::make_box(-2, 2)}}) {}
  void F(vireo::ConstView z, vireo::View out) const override { out[0] = z[1] - 0.5, out[1] = 1 - z[0]; }
};

int main(int argc, char** argv) {
  const auto problem = vireo::problem_of<Rotation>("rotation", "turns by a right angle");
  return vireo::run_program(argc, argv, [&](vireo::Registry& registry) { registry.problems.add(problem); });
}
