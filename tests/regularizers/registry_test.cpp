// Every regularizer by its name on the command line: documented, made with its defaults, and strict about its values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vireo/app/registry.hpp"

namespace vireo {
namespace {

Registry with_regularizers() {
  Registry registry;
  register_regularizers(registry);
  return registry;
}

RegularizerPointer make(const std::string& text) {
  const auto registry = with_regularizers();
  const auto spec = Spec::parse(text);
  const auto& entry = registry.regularizers.find(spec.name);
  return entry.make(Parameters("regularizer", spec, entry.parameters), 3);
}

std::string error_of(const std::string& text) {
  try {
    (void)make(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RegularizerRegistry, HasAllOfThem) {
  const auto registry = with_regularizers();
  std::vector<std::string> names;
  for (const auto& entry : registry.regularizers.entries()) names.push_back(entry.name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"zero", "l2", "l1", "box", "nonnegative", "ball", "simplex"}));
}

TEST(RegularizerRegistry, EachIsDocumentedAndHasDefaults) {
  const auto registry = with_regularizers();
  for (const auto& entry : registry.regularizers.entries()) {
    EXPECT_FALSE(entry.summary.empty() || entry.formula.empty() || entry.reference.empty()) << entry.name;
    EXPECT_NE(entry.formula.find("prox: "), std::string::npos) << entry.name;
    for (const auto& parameter : entry.parameters)
      EXPECT_FALSE(parameter.meaning.empty() || parameter.fallback.empty()) << entry.name;
    EXPECT_NE(entry.make(Parameters("regularizer", {entry.name, {}}, entry.parameters), 3), nullptr);
  }
}

TEST(RegularizerRegistry, ParametersReachTheSet) {
  EXPECT_EQ(make("l2:weight=0.5")->strong_convexity(), 0.5);
  EXPECT_EQ(make("box")->description(), "box [-1, 1]");
  EXPECT_EQ(make("box:lower=-inf,upper=3")->description(), "box [-inf, 3]");
  EXPECT_EQ(make("ball:radius=2")->description(), "ball of radius 2");
  EXPECT_EQ(make("simplex")->description(), "simplex of total 1");
  EXPECT_EQ(make("l1:weight=2")->value(Vector{1, -1, 0}), 4);
}

TEST(RegularizerRegistry, WrongValuesAreOneLineErrors) {
  EXPECT_EQ(error_of("bal"), "unknown regularizer 'bal'; did you mean 'ball'?");
  EXPECT_EQ(error_of("qqqqqq"), "unknown regularizer 'qqqqqq'; see: vireo list regularizers");
  EXPECT_EQ(error_of("ball:radios=1"), "unknown key 'radios' of regularizer 'ball'; did you mean 'radius'?");
  EXPECT_EQ(error_of("ball:radius=0"), "ball: radius=0 is out of range (radius > 0)");
  EXPECT_EQ(error_of("ball:radius=inf"), "ball: radius=inf is out of range (radius > 0)");
  EXPECT_EQ(error_of("l2:weight=nan"), "l2: weight: 'nan' is not a number (weight >= 0)");
  EXPECT_EQ(error_of("box:lower=2"), "box: lower=2 is larger than upper=1");
  EXPECT_EQ(error_of("box:lower=inf"), "box: lower=inf is out of range (lower < inf)");
  EXPECT_EQ(error_of("zero:weight=1"), "unknown key 'weight' of regularizer 'zero', which has no parameters");
}

}  // namespace
}  // namespace vireo
