// Pins that the methods find what they are for, on a few seeds; the full tables are made by jobs/compare-cbo.sh.
#include "particles/support.hpp"

namespace vireo {
namespace {

using test::distance;
using test::run;

template <class Success>
int successes(int seeds, Success&& success) {
  int count = 0;
  for (int seed = 1; seed <= seeds; ++seed) count += success(static_cast<std::uint64_t>(seed)) ? 1 : 0;
  return count;
}

TEST(Success, RastriginInTwentyDimensions) {
  EXPECT_GE(successes(6,
                      [](std::uint64_t seed) {
                        return distance(run("rastrigin:shift=2", "cbo:s=0.7", 600, seed).point, 2) < 0.25;
                      }),
            6);
}

TEST(Success, TheCanyonByConsensusAndRarelyByNarrowHops) {
  const auto found = [](const std::string& method) {
    return successes(20, [&](std::uint64_t seed) {
      const auto z = run("canyon", method, 250, seed).point;
      return std::hypot(z[0], z[1]) < 0.25;
    });
  };
  EXPECT_GE(found("cbo:particles=200,sigma=1.6,noise=isotropic,alpha=100,alpha-factor=1,start=normal,deviation=0.5"),
            19);
  EXPECT_LE(found("consensus-hopping:width=0.4,deviation=0.4"), 4);
  const int hops = found("consensus-hopping:width=0.7");
  EXPECT_GE(hops, 9);  // 77 % of 200: five standard deviations below
}

TEST(Success, OtherObjectives) {
  for (const char* problem : {"ackley:shift=1", "sphere:shift=1"})
    EXPECT_LT(distance(run(problem, "cbo", 600).point, 1), 1e-2) << problem;
  EXPECT_LT(distance(run("rosenbrock:dimension=2", "cbo", 600).point, 1), 0.1);
  EXPECT_LT(run("griewank:dimension=5", "cbo", 600).measures.at("consensus_value"), 0.05);
}

TEST(Success, SaddleOfRastrigin) {
  for (const char* reference : {"mean", "consensus"})
    EXPECT_GE(successes(3,
                        [&](std::uint64_t seed) {
                          const auto method = std::string("cbo-saddle:reference=") + reference;
                          return distance(run("saddle-rastrigin", method, 1000, seed).point, 0) < 0.25;
                        }),
              3)
        << reference;
}

TEST(Success, QuadraticSaddle) {
  const auto finished = run("quadratic-saddle", "cbo-saddle:particles=120,dt=0.1,deviation=2", 1000);
  EXPECT_LT(distance(finished.point, 0), 2e-3);
}

TEST(Success, KojimaShindoByTheNaturalResidual) {
  const int found = successes(
      5, [](std::uint64_t seed) { return run("kojima-shindo", "cbo-vi", 300, seed).outcome.residual < 1e-6; });
  EXPECT_EQ(found, 5);
}

TEST(Success, MintyByTheOperatorsDrift) { EXPECT_LT(run("minty-test", "cbo-vi", 1000).outcome.residual, 1e-6); }

TEST(Success, BilinearInABoxToRounding) {
  const auto box = make_box(-2, 2);
  // where the residual is separable its minimisation suffices; elsewhere the operator's drift is needed
  const auto merit = run("bilinear-pairs", "cbo-vi:drift=off,particles=500,sigma=7", 2000, 1, box);
  EXPECT_LT(merit.outcome.residual, 1e-12);
  const auto drift = run("bilinear:dimension=20,components=4", "cbo-vi", 2000, 1, box);
  EXPECT_LT(drift.outcome.residual, 1e-12);
}

// A best-response dynamic has nowhere to go where responses are not strict: it ends in corners.
TEST(Success, BilinearIsNotForCboSaddle) {
  const auto finished = run("bilinear-pairs:half=2", "cbo-saddle", 500, 1, make_box(-2, 2));
  EXPECT_GT(finished.outcome.residual, 0.1);
}

TEST(Success, PolishTakesOverAndOnlyImproves) {
  const auto finished = run("quadratic-game:dimension=20,components=8",
                            "cbo-vi:drift=off,polish=[extragradient],polish-after=20", 4000, 1, nullptr, 1e-8);
  EXPECT_EQ(finished.outcome.termination, Termination::converged);
  // a step with which extragradient leaves for infinity: the particles' point stays
  const auto bad = run("quadratic-game:dimension=20,components=8",
                       "cbo-vi:drift=off,polish=[extragradient:step=100x],polish-after=20", 40);
  const auto before = run("quadratic-game:dimension=20,components=8", "cbo-vi:drift=off", 20);
  EXPECT_LE(bad.outcome.residual, before.outcome.residual);
}

}  // namespace
}  // namespace vireo
