// Pins the adaptive steps: what they do with what they are told, that they do not fall below the floor, that their
// state is all there is, and that runs with them converge faster than with the theorem's step.
#include <gtest/gtest.h>

#include "masha_support.hpp"
#include "methods/adaptive_step.hpp"
#include "methods/safeguarded_step.hpp"

namespace vireo {
namespace {

using methods::AdaptiveStep;
using methods::SafeguardedStep;
using test::Assembly;
using Verdict = SafeguardedStep::Verdict;

TEST(AdaptiveStep, FollowsWhatIsSpent) {
  AdaptiveStep step(0.1, 0.05, 0.1);
  step.heed(0, 1);
  EXPECT_DOUBLE_EQ(step.value(), 0.102);  // two hundredths at most
  AdaptiveStep settled(0.1, 0.05, 0.1);
  for (int k = 0; k < 100; ++k) settled.heed(0.65, 1);
  EXPECT_NEAR(settled.value(), 0.1, 1e-12);
  // spent is what it was at another step times the square of this one's ratio: the step is found at once, and stays
  AdaptiveStep cut(0.1, 0.05, 0.1);
  cut.heed(1.2, 1);
  EXPECT_DOUBLE_EQ(cut.value(), 0.1 * std::sqrt(0.65 / 1.2));
  for (int k = 0; k < 10; ++k) cut.heed(0.65, 1);
  EXPECT_DOUBLE_EQ(cut.value(), 0.1 * std::sqrt(0.65 / 1.2));
  for (int k = 0; k < 50; ++k) cut.heed(100, 1);
  EXPECT_EQ(cut.value(), 0.05);  // the floor
  AdaptiveStep unknown(0.1, 0, 0.1);
  for (int k = 0; k < 50; ++k) unknown.heed(100, 1);
  EXPECT_LT(unknown.value(), 1e-6);
  // what says nothing changes nothing
  step.heed(1, 0);
  step.heed(std::nan(""), 1);
  step.heed(1, std::numeric_limits<double>::infinity());
  EXPECT_DOUBLE_EQ(step.value(), 0.102);
}

// Where more is spent than there was, in all, the ceiling comes down to the floor, however well single iterations
// look.
TEST(AdaptiveStep, ComesDownToTheFloorWhereTheSumsAreExceeded) {
  AdaptiveStep step(1, 0.5, 0.5);
  for (int k = 0; k < 400; ++k) {
    step.heed(0, 1);
    for (int i = 0; i < 20; ++i) step.heed(0, 1e-3);
    step.heed(50, 10);
  }
  EXPECT_EQ(step.value(), 0.5);
  for (int k = 0; k < 1000; ++k) step.heed(0, 1);
  EXPECT_EQ(step.value(), 0.5);
}

// So it does where what is available grows again and again, which ends the sums; once or twice does not matter.
TEST(AdaptiveStep, ComesDownToTheFloorWhereTheIteratesLeave) {
  AdaptiveStep step(1, 1, 0.5);
  double available = 1e-200;
  const auto leave = [&](int times) {
    for (int k = 0; k < 2 * times; ++k) step.heed(0, available *= 1e3);
  };
  const auto longest = [&] {
    for (int k = 0; k < 1000; ++k) step.heed(0, 1e-300);
    return step.value();
  };
  leave(1);
  EXPECT_NEAR(longest(), 0.7 * 1024, 1e-9);
  leave(20);
  EXPECT_EQ(longest(), 1);
}

TEST(SafeguardedStep, GoesBackWhereTheResidualDoes) {
  SafeguardedStep step(0.1, 0.08);
  step.start(1);
  EXPECT_EQ(step.heed(0.5), Verdict::best);
  EXPECT_EQ(step.heed(1.9), Verdict::goes_on);
  EXPECT_DOUBLE_EQ(step.value(), 0.1 * 1.05 * 1.05);
  EXPECT_EQ(step.heed(2.1), Verdict::goes_back);
  EXPECT_DOUBLE_EQ(step.value(), 0.08);  // the floor
  EXPECT_EQ(step.heed(0.4), Verdict::best);
  EXPECT_DOUBLE_EQ(step.value(), 0.08);  // for good
  // the theorem's run is not interfered with
  EXPECT_EQ(step.heed(2.1), Verdict::goes_on);
  EXPECT_EQ(step.heed(std::nan("")), Verdict::goes_on);
  SafeguardedStep unknown(0.1, 0);
  unknown.start(1);
  for (int refresh = 0; refresh < 10; ++refresh) EXPECT_EQ(unknown.heed(std::nan("")), Verdict::goes_back);
  SafeguardedStep stalled(0.1, 0);
  stalled.start(1);
  for (int refresh = 1; refresh < 1000; ++refresh) ASSERT_EQ(stalled.heed(1), Verdict::goes_on) << refresh;
  EXPECT_EQ(stalled.heed(1), Verdict::goes_back);
}

// The steps never fall below the theorem's, and the runs take far fewer iterations.
TEST(AdaptiveStep, RunsAreFasterThanWithTheTheoremsStep) {
  struct Trial {
    const char* method;
    const char* up;
    const char* down;
    double gain;
  };
  for (const auto& trial :
       {Trial{"masha1", "natural", "none", 1.2}, Trial{"masha1:snapshot=[natural]", "natural", "natural", 1.5},
        Trial{"vr-masha1", "randk:fraction=0.5", "none", 1.0}, Trial{"pp-masha1", "natural", "none", 1.2},
        Trial{"masha2", "topk:fraction=0.2", "topk:fraction=0.2", 5}, Trial{"three-pillars", "permk", "none", 1.1}})
    test::on_simulated(2, [&](Communicator& comm) {
      const auto iterations = [&](const std::string& step) {
        const std::string method = trial.method;
        Assembly run(comm, "bilinear:dimension=40,components=16,condition=20",
                     method + (method.find(':') == std::string::npos ? ":" : ",") + "step=" + step, trial.up,
                     trial.down, 1, 8);
        const auto outcome =
            run.solve({.tolerance = 0, .relative_tolerance = 1e-4, .check_every = 10, .max_iterations = 100000});
        EXPECT_EQ(outcome.termination, Termination::converged) << method << " " << step;
        return static_cast<double>(outcome.iterations);
      };
      EXPECT_LT(trial.gain * iterations("adaptive"), iterations("auto")) << trial.method;
    });
}

// The heading says nothing of estimates where there are none; the trace has the step.
TEST(AdaptiveStep, SaysWhetherItIsProved) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const char* method : {"masha1", "masha2"}) {
      Assembly known(comm, "bilinear:dimension=20,components=4", method);
      EXPECT_EQ(known.method->description().front().second.find("not proved"), std::string::npos);
      ASSERT_EQ(known.method->measures().size(), 1U);
      EXPECT_EQ(known.method->measures().front().name, "step");
      Assembly automatic(comm, "bilinear:dimension=20,components=4", std::string(method) + ":step=auto");
      EXPECT_TRUE(automatic.method->measures().empty());
    }
  });
}

/// Lists what version 0.1.0 would have: no step, no probability
class OldState final : public StateList {
 public:
  void global(const std::string&, Vector&) override {}
  void per_worker(const std::string&, WorkerVectors&) override {}
  void by_segment(const std::string&, SegmentVector&) override {}
  void scalar(const std::string& name, double&) override { ADD_FAILURE() << name; }
  void scalar(const std::string&, std::int64_t&) override {}
  [[nodiscard]] bool has_scalar(const std::string& name) const override { return name == "k" || name == "refreshed"; }
};

// A state of version 0.1.0 goes on with the step of that version: also a multiple of it.
TEST(StepOfARun, IsThatOfTheVersionWhichBeganIt) {
  test::on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "bilinear:dimension=20,components=8,condition=10", "masha1:step=2x,refresh=zk",
                 "randk:fraction=0.25");
    const double L = run.constants.L->value, L_tilde = run.constants.L_tilde->value, p = 0.25;
    const double C = std::sqrt(L * L + 3 * L_tilde * L_tilde / 8);
    const double former = 2 * std::min(std::sqrt(p) / (2 * C), p / (2 * run.constants.mu->value));
    EXPECT_GT(std::abs(test::step_of(*run.method) - former), 0.1 * former);
    OldState old;
    run.method->list_state(old);
    EXPECT_NEAR(test::step_of(*run.method), former, 1e-5 * former);
    // and is saved as a number
    auto saved = test::State::of(*run.method);
    EXPECT_NEAR(saved.get<double>("step"), former, 1e-12);
    saved.set("step", 0.0625);
    saved.load_into(*run.method);
    EXPECT_EQ(test::step_of(*run.method), 0.0625);
  });
}

}  // namespace
}  // namespace vireo
