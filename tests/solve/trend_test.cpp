// The trend of a run's checks: three at rounding level, long absences, noise floors; a lucky draw says nothing, and the state saves and loads.
#include "solve/trend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

namespace vireo::solving {
namespace {

/// The trend of residuals that are found every `every` iterations, from iteration 0 on
Trend trend_of(const std::vector<double>& residuals, std::int64_t every = 1, double level = 1e-16) {
  Trend trend;
  std::int64_t k = 0;
  for (const double residual : residuals) {
    trend = trend.after({.iteration = k, .residual = residual, .rounding_level = level});
    k += every;
  }
  return trend;
}

std::vector<double> joined(std::vector<double> head, std::size_t count, double value) {
  head.insert(head.end(), count, value);
  return head;
}

TEST(Trend, CountsChecksInARowAtTheLevelOfRounding) {
  EXPECT_EQ(trend_of({1, 1e-15, 1e-15, 1e-15}).at_rounding, 3);  // 10 times the level counts
  EXPECT_EQ(trend_of({1, 1e-15, 1.1e-15, 1e-15}).at_rounding, 1);
  EXPECT_EQ(trend_of({1e-15, 1e-15, 2e-15}).at_rounding, 0);
  EXPECT_EQ(trend_of({1e-15, 1e-15}, 1, 0).at_rounding, 0);  // a level that is not known
  EXPECT_EQ(trend_of({0, 0}, 1, 0).at_rounding, 2);
}

TEST(Trend, HoldsWhatThreeChecksInARowDidNotExceed) {
  EXPECT_EQ(trend_of({1, 2}).held, Trend::unknown);
  EXPECT_EQ(trend_of({1, 2, 3}).held, 3);
  EXPECT_EQ(trend_of({1, 1, 1e-9, 1, 1}).held, 1);  // a lucky draw
  EXPECT_EQ(trend_of({1, 1, 1, 1e-3, 1e-3, 1e-4, 1, 1, 1}).held, 1e-3);
}

TEST(Trend, ARunHasLeftWhenItStaysFarAboveForHalfOfIt) {
  const std::vector<double> arrived{1, 1e-9, 1e-9, 1e-9};
  EXPECT_FALSE(has_left(trend_of(joined(arrived, 1000, 1e-4))));
  EXPECT_TRUE(has_left(trend_of(joined(arrived, 1001, 1e-4))));
  EXPECT_FALSE(has_left(trend_of(joined(arrived, 5000, 0.9e-5))));  // not far enough
  // half of the run: long arrival, short absence
  EXPECT_FALSE(has_left(trend_of(joined(joined(arrived, 5000, 1e-9), 4900, 1e-4))));
  EXPECT_TRUE(has_left(trend_of(joined(joined(arrived, 5000, 1e-9), 5100, 1e-4))));
  // once back, the absence begins anew
  EXPECT_FALSE(has_left(trend_of(joined(joined(joined(arrived, 900, 1e-4), 1, 1e-9), 900, 1e-4))));
}

TEST(Trend, ARunOnItsWayBackHasNotLeft) {
  std::vector<double> residuals{1e-8, 1e-8, 1e-8};
  for (int k = 0; k < 20000; ++k) residuals.push_back(std::pow(10.0, -k / 4000.0));  // a tenth each 4,000 iterations
  Trend trend;
  bool ever = false;
  for (std::size_t k = 0; k < residuals.size(); ++k) {
    trend = trend.after({.iteration = static_cast<std::int64_t>(k), .residual = residuals[k], .rounding_level = 0});
    ever = ever || (has_left(trend) && k > 8000);
  }
  EXPECT_FALSE(ever);
}

TEST(Trend, ANoiseFloorIsWhereChecksFallNoMoreForHalfOfTheRun) {
  const auto floor_at = [](const std::vector<double>& residuals, bool at_own_expense, double level = 1e-16) {
    const auto k = 100 * (static_cast<std::int64_t>(residuals.size()) - 1);
    return at_noise_floor(
        trend_of(residuals, 100, level),
        {.iteration = k, .residual = residuals.back(), .rounding_level = level, .at_own_expense = at_own_expense});
  };
  const std::vector<double> falling{1, 0.5, 0.1, 0.05, 0.01, 0.01, 0.01};
  EXPECT_TRUE(floor_at(joined(falling, 20, 0.01), true));
  EXPECT_FALSE(floor_at(joined(falling, 19, 0.01), true));
  EXPECT_FALSE(floor_at(joined(falling, 20, 0.01), false));       // the method knows its residuals
  EXPECT_FALSE(floor_at(joined(falling, 20, 0.01), true, 1e-4));  // rounding, not noise
  auto trend = trend_of(joined(falling, 20, 0.01), 100);
  trend.warned = 1;
  EXPECT_FALSE(at_noise_floor(trend, {.iteration = 2600, .residual = 0.01, .at_own_expense = true}));
}

TEST(Trend, AResidualThatIsNotANumberSaysNothing) {
  EXPECT_EQ(trend_of({1, 1, std::nan("")}).held, Trend::unknown);
  EXPECT_EQ(trend_of({1, 1, std::nan(""), 1}).held, 1);
}

/// Keeps numbers by name, as a checkpoint does.
class Kept final : public StateList {
 public:
  void global(const std::string&, Vector&) override { ADD_FAILURE(); }
  void per_worker(const std::string&, WorkerVectors&) override { ADD_FAILURE(); }
  void by_segment(const std::string&, SegmentVector&) override { ADD_FAILURE(); }
  void scalar(const std::string& name, double& value) override { take(reals, name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { take(integers, name, value); }
  [[nodiscard]] bool has_scalar(const std::string&) const override { return !loads || !reals.empty(); }

  bool loads = false;
  std::map<std::string, double> reals;
  std::map<std::string, std::int64_t> integers;

 private:
  template <class Value>
  void take(std::map<std::string, Value>& kept, const std::string& name, Value& value) const {
    if (loads)
      value = kept.at(name);
    else
      kept[name] = value;
  }
};

TEST(Trend, IsStateAndMayBeMissingFromOldFiles) {
  auto saved = trend_of({1, 1e-9, 1e-9, 1e-9, 1e-4, 1e-3}, 7);
  saved.warned = 1;
  Kept file;
  saved.list_state(file);
  file.loads = true;
  Trend loaded;
  loaded.list_state(file);
  const Check next{.iteration = 42, .residual = 1e-4, .rounding_level = 1e-16};
  EXPECT_EQ(std::memcmp(&loaded, &saved, sizeof saved), 0);
  EXPECT_EQ(loaded.after(next).left_peak, saved.after(next).left_peak);

  Kept old;
  old.loads = true;
  loaded.list_state(old);
  EXPECT_EQ(loaded.warned, 1);  // as it was: nothing was asked for
}

}  // namespace
}  // namespace vireo::solving
