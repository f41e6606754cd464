// Pins how far apart the rows of a trace and the checks for the stop are by default: by the cost of an iteration, so that
// both take their share at most.
#include "solve/spacing.hpp"

#include <gtest/gtest.h>

#include "support/assembly.hpp"
#include "support/worlds.hpp"

namespace vireo::solving {
namespace {

constexpr double n = 2000;

template <class Test>
void on_problem(const std::string& spec, const Test& test) {
  test::on_simulated(1, [&](Communicator& comm) {
    const test::Assembly run(comm, spec, "extragradient", "none", "none", 1, 4);
    test(*run.problem);
  });
}

TEST(Spacing, ChecksCostATenthOfTheEvaluations) {
  on_problem("rotations:components=2000", [](const AnyProblem& problem) {
    ASSERT_EQ(static_cast<double>(problem.components()), n);
    for (const double evaluations : {2.0, 60.0, n, 2.2 * n}) {
      const auto spacing = static_cast<double>(check_spacing(problem, {.evaluations = evaluations}, 1));
      EXPECT_LE(n / spacing, 0.1 * evaluations) << evaluations;
      if (evaluations < n) {  // and no less often than that
        EXPECT_GT(n / (spacing - 1), 0.1 * evaluations) << evaluations;
      }
    }
  });
}

TEST(Spacing, ChecksCostAFifthOfTheBytes) {
  on_problem("rotations:components=2000", [](const AnyProblem& problem) {
    EXPECT_EQ(check_spacing(problem, {.evaluations = n}, 0.1), 50);
    EXPECT_EQ(check_spacing(problem, {.evaluations = n}, 0.01), 500);
    EXPECT_EQ(check_spacing(problem, {.evaluations = 10}, 0.1), 2000);  // the evaluations are the dearer ones
  });
}

TEST(Spacing, RowsAreRarerWhereAnIterationIsCheap) {
  on_problem("bilinear:dimension=200", [](const AnyProblem& problem) {
    const auto all = static_cast<double>(problem.components());
    const auto known = row_spacing(problem, {.evaluations = all, .certified = true});
    const auto unknown = row_spacing(problem, {.evaluations = all});
    const auto sampled = row_spacing(problem, {.evaluations = all / 30});
    EXPECT_LT(known, unknown);
    EXPECT_LT(unknown, sampled);
    EXPECT_GE(known, 1);
    EXPECT_LE(row_spacing(problem, {.evaluations = 100 * all}), 1);
  });
}

TEST(Spacing, TakesAnUnknownCostForOneEvaluationOfEachWorker) {
  on_problem("bilinear:dimension=200", [](const AnyProblem& problem) {
    EXPECT_EQ(row_spacing(problem, {}), row_spacing(problem, {.evaluations = 4}));
    EXPECT_EQ(check_spacing(problem, {}, 1), check_spacing(problem, {.evaluations = 4}, 1));
  });
}

}  // namespace
}  // namespace vireo::solving
