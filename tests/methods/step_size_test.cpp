// A step is the user's number, or a multiple of the automatic step; its text says which, and where it comes from.
#include "methods/step_size.hpp"

#include <gtest/gtest.h>

namespace vireo::methods {
namespace {

StepSize given(const std::string& step) {
  const Parameters parameters("method", Spec::parse("any:step=" + step), {Parameter::step("step", "auto", "")});
  return {parameters, "1 / L"};
}

TEST(StepSize, IsTheAutomaticOne) {
  auto step = given("auto");
  EXPECT_TRUE(step.needs_automatic());
  step.set_automatic(0.25, "L = 4");
  EXPECT_EQ(step.value(), 0.25);
  EXPECT_EQ(step.text(), "0.25 = 1 / L,  L = 4");
}

TEST(StepSize, IsAMultipleOfTheAutomaticOne) {
  auto step = given("3x");
  EXPECT_TRUE(step.needs_automatic());
  step.set_automatic({.gamma = 0.1, .formula = "1 / (2 L)"});
  EXPECT_EQ(step.value(), 3 * 0.1);
  EXPECT_EQ(step.automatic(), 0.1);
  EXPECT_EQ(step.text(), "0.3 (3 x auto, auto = 1 / (2 L))");
}

TEST(StepSize, IsTheUsersNumber) {
  auto step = given("0.5");
  EXPECT_FALSE(step.needs_automatic());
  EXPECT_EQ(step.text(), "0.5 (given; auto would be 1 / L)");
  step.set_automatic(0.25);
  EXPECT_EQ(step.value(), 0.5);
  EXPECT_EQ(step.text(), "0.5 (given; auto would be 0.25 = 1 / L)");
}

}  // namespace
}  // namespace vireo::methods
