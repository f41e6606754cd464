// A spec against the parameters of its plug-in: defaults, unknown and repeated keys, typed access, and the resolved
// spec.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/expect_usage_error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

const std::vector<Parameter> known = {
    Parameter::real("fraction", "0.1", "", 0, 1).open_below(),
    Parameter::integer("k", "", "", 1),
    Parameter::step("step", "auto", ""),
    Parameter::real("probability", "auto", "", 0, 1).or_auto(),
    Parameter::choice("refresh", "zk", "", {"zk", "next"}),
    Parameter::flag("sharp", "on", ""),
    Parameter::spec("inner", "topk:k=3", ""),
};

Parameters read(const std::string& text) { return {"compressor", Spec::parse(text), known}; }

std::string error(const std::string& text) {
  return testing::usage_error([&] { (void)read(text); });
}

TEST(Parameters, DefaultsFillIn) {
  const auto parameters = read("randk");
  EXPECT_EQ(parameters.real("fraction"), 0.1);
  EXPECT_FALSE(parameters.has("k"));
  EXPECT_FALSE(parameters.has("probability"));
  EXPECT_FALSE(parameters.has("step"));
  EXPECT_TRUE(parameters.has("fraction"));
  EXPECT_EQ(parameters.text("refresh"), "zk");
  EXPECT_TRUE(parameters.flag("sharp"));
  EXPECT_EQ(parameters.text("inner"), "topk:k=3");
}

TEST(Parameters, GivenValuesWin) {
  const auto parameters = read("randk:k=1e3,sharp=off,refresh=next,probability=0.25,inner=[none]");
  EXPECT_EQ(parameters.integer("k"), 1000U);
  EXPECT_FALSE(parameters.flag("sharp"));
  EXPECT_EQ(parameters.text("refresh"), "next");
  EXPECT_TRUE(parameters.has("probability"));
  EXPECT_EQ(parameters.real("probability"), 0.25);
  EXPECT_EQ(parameters.text("inner"), "none");
}

TEST(Parameters, StepsResolve) {
  EXPECT_EQ(read("m").step("step").resolve(0.5), 0.5);
  EXPECT_EQ(read("m:step=2x").step("step").resolve(0.5), 1);
  EXPECT_EQ(read("m:step=0.125").step("step").resolve(0.5), 0.125);
}

TEST(Parameters, UnknownKeys) {
  EXPECT_EQ(error("randk:fractoin=0.1"), "unknown key 'fractoin' of compressor 'randk'; did you mean 'fraction'?");
  EXPECT_EQ(
      error("randk:qqqqqq=0.1"),
      "unknown key 'qqqqqq' of compressor 'randk'; it has: fraction, k, step, probability, refresh, sharp, inner");
  EXPECT_EQ(testing::usage_error([] { Parameters("compressor", Spec::parse("none:k=1"), {}); }),
            "unknown key 'k' of compressor 'none', which has no parameters");
}

TEST(Parameters, WrongValues) {
  EXPECT_EQ(error("randk:k=1,k=2"), "randk: key 'k' is given twice");
  EXPECT_EQ(error("randk:fraction=2"), "randk: fraction=2 is out of range (0 < fraction <= 1)");
  EXPECT_EQ(error("randk:k=auto"), "randk: k: 'auto' is not a whole number (k >= 1)");
  EXPECT_EQ(error("randk:inner=[topk:]"), "randk: inner: 'topk:', character 6: expected a key, found the end");
}

TEST(Parameters, ResolvedReproducesThePlugIn) {
  const auto parameters = read("randk:step=2.0x,k=1e3,fraction=+.5,inner=[a:b=[c:d=1]]");
  EXPECT_EQ(parameters.resolved().text(),
            "randk:fraction=0.5,k=1000,step=2x,probability=auto,refresh=zk,sharp=on,inner=[a:b=[c:d=1]]");
  EXPECT_EQ(read(parameters.resolved().text()).resolved(), parameters.resolved());
  EXPECT_EQ(read("randk").resolved(), read("randk:sharp=on,fraction=1e-1").resolved());
  EXPECT_EQ(Parameters("compressor", Spec::parse("none"), {}).resolved().text(), "none");
}

TEST(Parameters, MisuseIsADefect) {
  const auto parameters = read("randk");
  const auto kind_of = [](const std::function<void()>& call) -> std::optional<ErrorKind> {
    try {
      call();
    } catch (const Error& caught) {
      return caught.kind();
    }
    return std::nullopt;
  };
  EXPECT_EQ(kind_of([&] { (void)parameters.real("no-such"); }), ErrorKind::internal);
  EXPECT_EQ(kind_of([&] { (void)parameters.integer("k"); }), ErrorKind::internal);         // not given
  EXPECT_EQ(kind_of([&] { (void)parameters.real("probability"); }), ErrorKind::internal);  // auto
  EXPECT_EQ(kind_of([&] { (void)parameters.flag("refresh"); }), ErrorKind::internal);
  EXPECT_EQ(kind_of([&] { (void)parameters.integer("fraction"); }), ErrorKind::internal);
  EXPECT_EQ(kind_of([] { Parameters("x", Spec::parse("x"), {Parameter::real("f", "2", "", 0, 1)}); }),
            ErrorKind::internal);
}

}  // namespace
}  // namespace vireo
