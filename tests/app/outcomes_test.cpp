// How runs end that arrive nowhere: an objective below its reference, rounding, noise floors, an F that is constant or not monotone, steps too long;
// what is said of each, alike on any number of ranks and after an interruption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "support/folder.hpp"
#include "vireo/app/solve.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Settings = std::vector<std::pair<std::string, std::string>>;

/// A summary as one line: it is wrapped
std::string words(const std::string& text) { return std::regex_replace(text, std::regex("\\s+"), " "); }

/// f(x) = |x|^2 - 1000, compared with 0
class Bowl final : public PointwiseObjective {
 public:
  explicit Bowl(double reference) : reference_(reference) {}
  [[nodiscard]] double at(ConstView x) const override {
    double sum = -1000;
    for (const double value : x) sum += value * value;
    return sum;
  }
  [[nodiscard]] double reference() const override { return reference_; }

 private:
  double reference_;
};

Result minimised(double reference) {
  return solve(
      [&](const ProblemContext& context) {
        return std::make_unique<ObjectiveProblem>(context, 2, std::make_unique<Bowl>(reference));
      },
      {.settings = {{"method", "cbo"}, {"check-every", "1"}, {"tolerance", "1e-4"}, {"max-iterations", "3000"}}});
}

TEST(Outcomes, AnObjectiveBelowItsReferenceHasNotConverged) {
  const auto below = minimised(0);
  EXPECT_EQ(below.termination, Termination::below_reference);
  EXPECT_FALSE(below.tolerance_met);
  EXPECT_LT(below.residual, -900);
  EXPECT_THAT(words(below.summary), HasSubstr("failed: the objective is below its reference, by "));
  EXPECT_THAT(words(below.summary), HasSubstr("what to do reference() of the objective must be its smallest value"));
  const auto right = minimised(-1000);
  EXPECT_EQ(right.termination, Termination::converged);
  EXPECT_GE(right.residual, 0);
}

/// F_i(z) = J_i z + b_i on R^2 with the mean J and b
class Linear final : public ComponentProblem {
 public:
  struct Terms {
    double diagonal;
    double skew;
    double constant;
  };
  Linear(const ProblemContext& context, Terms terms) : ComponentProblem(context, 2, 4), terms_(terms) {}
  void component(Index i, ConstView z, View out) const override {
    const double part = static_cast<double>(i) - 1.5;  // 0 in the mean
    out[0] = terms_.diagonal * z[0] + terms_.skew * z[1] + terms_.constant + part;
    out[1] = terms_.diagonal * z[1] - terms_.skew * z[0] + terms_.constant - part;
  }

 private:
  Terms terms_;
};

ProblemFactory linear(Linear::Terms terms) {
  return [=](const ProblemContext& context) { return std::make_unique<Linear>(context, terms); };
}

TEST(Outcomes, AnOperatorThatIsConstantIsSolvedOrUnbounded) {
  const auto zero = solve(linear({0, 0, 0}), {.settings = {{"method", "extragradient"}}});
  EXPECT_EQ(zero.termination, Termination::converged);
  EXPECT_EQ(zero.iterations, 0);

  const Settings plain = {{"method", "extragradient"}, {"max-iterations", "7"}};
  try {
    static_cast<void>(solve(linear({0, 0, 2}), {.settings = plain}));
    ADD_FAILURE();
  } catch (const NumericalError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unbounded: F is constant and not 0"));
  }
  // a step that is given is taken
  const auto given =
      solve(linear({0, 0, 2}), {.settings = {{"method", "extragradient:step=0.5"}, {"max-iterations", "7"}}});
  EXPECT_EQ(given.termination, Termination::max_iterations);
  EXPECT_EQ(given.solution, (Vector{-7, -7}));
  // on a bounded set there is a solution; weights above |F| hold the point at 0, and weights below do not
  for (const char* const g : {"box:lower=-3,upper=3", "l1:weight=3", "ball:radius=2", "l2:weight=0.1"}) {
    auto settings = plain;
    settings.back().second = "1000";
    settings.emplace_back("regularizer", g);
    EXPECT_EQ(solve(linear({0, 0, 2}), {.settings = settings}).termination, Termination::converged) << g;
  }
  auto light = plain;
  light.emplace_back("regularizer", "l1:weight=1");
  EXPECT_THROW(static_cast<void>(solve(linear({0, 0, 2}), {.settings = light})), NumericalError);
  for (const char* const method :
       {"masha1", "optimistic", "forb", "eag", "feg", "halpern", "vr-extragradient:L_component=1", "agraal"})
    EXPECT_EQ(solve(linear({0, 0, 0}), {.settings = {{"method", method}}}).termination, Termination::converged)
        << method;
}

TEST(Outcomes, ARunEndsAtTheLevelOfRoundingUnlessNoToleranceIsWanted) {
  Settings settings = {{"problem", "quadratic-game:dimension=12,components=4"},
                       {"method", "extragradient"},
                       {"workers", "4"},
                       {"tolerance", "1e-30"}};
  const auto alone = solve({.settings = settings});
  EXPECT_EQ(alone.termination, Termination::stagnated);
  EXPECT_FALSE(alone.tolerance_met);
  EXPECT_LT(alone.residual, 20 * alone.rounding_level);
  EXPECT_THAT(words(alone.summary), HasSubstr("stopped at rounding level"));
  EXPECT_THAT(words(alone.summary), HasSubstr("--tolerance 0 with --relative-tolerance 0 goes on"));
  settings.emplace_back("simulate", "3");
  const auto several = solve({.settings = settings});
  EXPECT_EQ(several.iterations, alone.iterations);
  EXPECT_EQ(several.solution, alone.solution);
  settings[3].second = "0";
  settings.emplace_back("max-iterations", std::to_string(alone.iterations + 100));
  EXPECT_EQ(solve({.settings = settings}).termination, Termination::max_iterations);
}

/// Hears of noise floors, and ends the run at an iteration.
class Listener final : public Observer {
 public:
  [[nodiscard]] bool wants_rows() const override { return false; }
  void iteration(std::int64_t k, double /*residual*/, const Totals& /*totals*/) override { last = k; }
  void noise_floor(std::int64_t k, double /*level*/) override { heard.push_back(k); }
  std::int64_t last = 0;
  std::vector<std::int64_t> heard;
};

TEST(Outcomes, AnInterruptionAmongTheChecksAtThatLevelChangesNothing) {
  const test::Folder folder;
  Settings settings = {{"problem", "quadratic-game:dimension=12,components=4"},
                       {"method", "extragradient"},
                       {"workers", "4"},
                       {"tolerance", "1e-30"}};
  const auto whole = solve({.settings = settings});
  settings.emplace_back("checkpoint", folder.file("run.ckpt.h5"));
  settings.emplace_back("resume", "auto");
  std::int64_t k = -1;
  const auto first = solve({.settings = settings, .stop = [&] { return ++k >= whole.iterations - 1; }});
  EXPECT_EQ(first.termination, Termination::interrupted);
  EXPECT_EQ(first.iterations, whole.iterations - 1);
  const auto rest = solve({.settings = settings});
  EXPECT_EQ(rest.termination, Termination::stagnated);
  EXPECT_EQ(rest.iterations, whole.iterations);
  EXPECT_EQ(rest.solution, whole.solution);
}

TEST(Outcomes, ANoiseFloorIsToldOfOnceAlsoOverAnInterruption) {
  const test::Folder folder;
  Settings settings = {{"problem", "quadratic-game:dimension=12,components=8"},
                       {"method", "ceg"},
                       {"uplink", "randk:fraction=0.2"},
                       {"check-every", "10"},
                       {"max-iterations", "3000"},
                       {"tolerance", "1e-9"}};
  const auto heard_by = [](const Settings& given, const std::function<bool(const Listener&)>& stop = {}) {
    Listener listener;
    Observer* const observers[] = {&listener};
    RunOptions options{.settings = given};
    if (stop) options.stop = [&] { return stop(listener); };
    static_cast<void>(solve(options, observers));
    return listener.heard;
  };
  const auto whole = heard_by(settings);
  ASSERT_EQ(whole.size(), 1U);
  settings.emplace_back("checkpoint", folder.file("run.ckpt.h5"));
  settings.emplace_back("resume", "auto");
  // interrupted before it is heard of, and after
  EXPECT_EQ(heard_by(settings, [&](const Listener& l) { return l.last + 5 >= whole[0]; }).size(), 0U);
  EXPECT_EQ(heard_by(settings, [&](const Listener& l) { return l.last > whole[0] + 7; }), whole);
  EXPECT_EQ(heard_by(settings).size(), 0U);
}

TEST(Outcomes, TheAdviceKeepsWhatWasGivenAndNamesTheTheorysStep) {
  const auto advised = [](const std::string& method) {
    const auto result = solve({.settings = {{"problem", "bilinear:dimension=10,components=4,condition=3"},
                                            {"method", method},
                                            {"max-iterations", "20000"}}});
    EXPECT_EQ(result.termination, Termination::diverged) << method;
    return words(result.summary);
  };
  EXPECT_THAT(advised("masha1:refresh=zk,step=60x"), HasSubstr("--method masha1:step=1x,refresh=zk"));
  EXPECT_THAT(advised("extragradient:L=0.001"), HasSubstr("--method extragradient:L=0.001,step=0.1x,"));
  EXPECT_THAT(advised("extragradient:step=30"), HasSubstr("--method extragradient:step=3,"));
}

TEST(Outcomes, WhereFIsNotMonotoneTheEstimateShowsIt) {
  std::string told;
  const auto result =
      solve(linear({-0.3, 1, 1}), {.settings = {{"method", "extragradient"}, {"max-iterations", "20000"}},
                                   .headings = [&](std::string_view text) { told += text; }});
  EXPECT_EQ(result.termination, Termination::diverged);
  EXPECT_THAT(words(result.summary), HasSubstr("F is not monotone: <F(u)-F(v), u-v> = -0.3 |u-v|^2 at u = ("));
  EXPECT_THAT(words(told), HasSubstr("F is not monotone: <F(u)-F(v), u-v> = -0.3 |u-v|^2 at u = ("));
  EXPECT_THAT(words(told), HasSubstr("mu -0.3 (estimated)"));
  told.clear();
  static_cast<void>(solve(linear({0, 1, 1}), {.settings = {{"method", "extragradient"}, {"max-iterations", "5"}},
                                              .headings = [&](std::string_view text) { told += text; }}));
  EXPECT_THAT(told, Not(HasSubstr("monotone")));  // skew: its rounding is no curvature
}

TEST(Outcomes, APointThatTheMethodDoesNotHaveIsRefused) {
  const auto returned = [](const Settings& more) {
    Settings settings = {{"problem", "quadratic-game:dimension=6,components=4"}, {"max-iterations", "3"}};
    settings.insert(settings.end(), more.begin(), more.end());
    return solve({.settings = settings}).returned;
  };
  const auto refusal = [&](const Settings& more) {
    try {
      static_cast<void>(returned(more));
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("not refused");
  };
  EXPECT_EQ(refusal({{"method", "ceg"}, {"return", "best"}}),
            "return: a run of ceg has no best point; it returns: the last point; the average of z^{k+1/2}");
  EXPECT_EQ(refusal({{"method", "feg"}, {"return", "average"}}),
            "return: a run of feg has no average point; it returns: the last point; the best of z^k");
  EXPECT_THAT(refusal({{"method", "masha1:snapshot=[natural],refresh=next"}, {"return", "best"}}),
              HasSubstr("the last point; the average of z^{k+1/2}"));
  EXPECT_EQ(returned({{"method", "masha1:snapshot=[natural],refresh=next"}}), ReturnPoint::last);
  EXPECT_EQ(returned({{"method", "ceg"}, {"return", "average"}}), ReturnPoint::average);
  EXPECT_EQ(returned({{"method", "feg"}, {"return", "best"}}), ReturnPoint::best);
}

}  // namespace
}  // namespace vireo
