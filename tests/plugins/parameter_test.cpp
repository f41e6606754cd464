// One parameter: what it accepts, how it says so, and the one spelling that it turns a value into.
#include <gtest/gtest.h>

#include <limits>

#include "plugins/expect_usage_error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string error(const Parameter& parameter, const std::string& value) {
  return testing::usage_error([&] { (void)parameter.checked("thing", value); });
}

TEST(Parameter, RangesForPeople) {
  EXPECT_EQ(Parameter::real("x", "", "", 0, 1).range(), "0 <= real <= 1");
  EXPECT_EQ(Parameter::real("x", "", "", 0, 1).open_below().range(), "0 < real <= 1");
  EXPECT_EQ(Parameter::real("x", "", "", 0, 1).open().range(), "0 < real < 1");
  EXPECT_EQ(Parameter::real("x", "", "", 0.5, infinity).range(), "real >= 0.5");
  EXPECT_EQ(Parameter::real("x", "", "", -infinity, 2).range(), "real <= 2");
  EXPECT_EQ(Parameter::real("x", "", "", -infinity, infinity).range(), "real");
  EXPECT_EQ(Parameter::real("x", "", "", -infinity, infinity).or_infinite().range(), "real | inf");
  EXPECT_EQ(Parameter::real("x", "", "", 0, 1).or_auto().range(), "auto | 0 <= real <= 1");
  EXPECT_EQ(Parameter::positive("x", "", "").range(), "real > 0");
  EXPECT_EQ(Parameter::integer("k", "", "", 1).range(), "integer >= 1");
  EXPECT_EQ(Parameter::integer("k", "", "", 1, 2000000).range(), "1 <= integer <= 2000000");
  EXPECT_EQ(Parameter::choice("c", "", "", {"zk", "next"}).range(), "zk|next");
  EXPECT_EQ(Parameter::flag("f", "", "").range(), "on|off");
  EXPECT_EQ(Parameter::step("s", "auto", "").range(), "auto | real > 0 | 2x");
  EXPECT_EQ(Parameter::step("s", "auto", "").or_named({"safe", "bold"}).range(), "auto | safe | bold | real > 0 | 2x");
  EXPECT_EQ(Parameter::text("t", "", "").range(), "text");
  EXPECT_EQ(Parameter::spec("t", "", "").range(), "spec");
}

TEST(Parameter, RealChecks) {
  const auto fraction = Parameter::real("fraction", "", "", 0, 1).open_below();
  EXPECT_EQ(fraction.checked("randk", "1"), "1");
  EXPECT_EQ(fraction.checked("randk", "+.10"), "0.1");
  EXPECT_EQ(fraction.checked("randk", "1e-3"), "0.001");
  EXPECT_EQ(error(fraction, "2"), "thing: fraction=2 is out of range (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, "0"), "thing: fraction=0 is out of range (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, "-inf"), "thing: fraction=-inf is out of range (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, "nan"), "thing: fraction: 'nan' is not a number (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, "0.1x"), "thing: fraction: '0.1x' is not a number (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, "auto"), "thing: fraction: 'auto' is not a number (0 < fraction <= 1)");
  EXPECT_EQ(error(fraction, ""), "thing: fraction: '' is not a number (0 < fraction <= 1)");
}

TEST(Parameter, InfinityOnlyWhereAllowed) {
  const auto any = Parameter::real("x", "", "", -infinity, infinity);
  EXPECT_EQ(error(any, "inf"), "thing: x=inf is out of range (x finite)");
  EXPECT_EQ(any.or_infinite().checked("thing", "-inf"), "-inf");
  EXPECT_EQ(error(Parameter::positive("x", "", "").or_infinite(), "-inf"), "thing: x=-inf is out of range (x > 0)");
}

TEST(Parameter, AutoOnlyWhereAllowed) {
  const auto probability = Parameter::real("probability", "auto", "", 0, 1).open_below().or_auto();
  EXPECT_EQ(probability.checked("masha1", "auto"), "auto");
  EXPECT_EQ(probability.checked("masha1", "0.5"), "0.5");
  EXPECT_EQ(error(probability, "2"), "thing: probability=2 is out of range (auto or 0 < probability <= 1)");
  EXPECT_EQ(error(probability, "Auto"), "thing: probability: 'Auto' is not a number (auto or 0 < probability <= 1)");
  EXPECT_EQ(Parameter::integer("n", "", "", 1).or_auto().checked("x", "auto"), "auto");
}

TEST(Parameter, IntegerChecks) {
  const auto k = Parameter::integer("k", "", "", 1);
  EXPECT_EQ(k.checked("randk", "1e6"), "1000000");
  EXPECT_EQ(k.checked("randk", "9007199254740992"), "9007199254740992");
  EXPECT_EQ(error(k, "0"), "thing: k=0 is out of range (k >= 1)");
  EXPECT_EQ(error(k, "-3"), "thing: k=-3 is out of range (k >= 1)");
  EXPECT_EQ(error(k, "1.5"), "thing: k: '1.5' is not a whole number (k >= 1)");
  EXPECT_EQ(error(k, "9007199254740993"), "thing: k=9007199254740993 is larger than 2^53");
  EXPECT_EQ(error(Parameter::integer("k", "", "", 1, 5), "6"), "thing: k=6 is out of range (1 <= k <= 5)");
}

TEST(Parameter, ChoiceFlagAndText) {
  const auto refresh = Parameter::choice("refresh", "zk", "", {"zk", "next"});
  EXPECT_EQ(refresh.checked("masha1", "next"), "next");
  EXPECT_EQ(error(refresh, "now"), "thing: refresh='now' is not one of zk, next");
  EXPECT_EQ(error(refresh, "auto"), "thing: refresh='auto' is not one of zk, next");
  EXPECT_EQ(error(Parameter::flag("sharp", "on", ""), "yes"), "thing: sharp='yes' is not one of on, off");
  EXPECT_EQ(Parameter::text("file", "", "").checked("x", "any text, = [at all]"), "any text, = [at all]");
}

TEST(Parameter, StepSyntax) {
  const auto step = Parameter::step("step", "auto", "");
  EXPECT_EQ(step.checked("m", "auto"), "auto");
  EXPECT_EQ(step.checked("m", "1e-2"), "0.01");
  EXPECT_EQ(step.checked("m", "2.0x"), "2x");
  const std::string allowed = "(auto, step > 0, or a multiple of auto such as 2x)";
  EXPECT_EQ(error(step, "0"), "thing: step=0 is out of range " + allowed);
  EXPECT_EQ(error(step, "-1x"), "thing: step=-1x is out of range " + allowed);
  EXPECT_EQ(error(step, "inf"), "thing: step=inf is out of range " + allowed);
  for (const std::string text : {"x", "2xx", "x2", "autox", "nan", "2 x", "2X"})
    EXPECT_NE(error(step, text).find("is not a number " + allowed), std::string::npos) << text;
}

TEST(Parameter, SpecIsReadButNotLookedUp) {
  const auto first = Parameter::spec("first", "", "");
  EXPECT_EQ(first.checked("induced", "topk:k=10"), "topk:k=10");
  EXPECT_EQ(error(first, "topk:k"), "thing: first: 'topk:k', character 7: expected '=', found the end");
}

TEST(Parameter, StepsByName) {
  const auto step = Parameter::step("step", "auto", "").or_named({"safe", "bold"});
  EXPECT_EQ(step.checked("halpern", "bold"), "bold");
  EXPECT_EQ(step.checked("halpern", "1.50x"), "1.5x");
  EXPECT_EQ(error(step, "brave"),
            "thing: step: 'brave' is not a number (auto, safe, bold, step > 0, or a multiple of auto such as 2x)");
  const auto read = [&](const std::string& value) {
    return Parameters("method", {"halpern", {{"step", value}}}, {step}).step("step");
  };
  EXPECT_EQ(read("bold").rule, "bold");
  EXPECT_EQ(read("bold").value, 0);
  EXPECT_EQ(read("bold").factor, 1);
  for (const char* value : {"auto", "2x", "0.5"}) EXPECT_EQ(read(value).rule, "") << value;
  EXPECT_EQ(read("2x").factor, 2);
  EXPECT_EQ(read(".5").value, 0.5);
}

}  // namespace
}  // namespace vireo
