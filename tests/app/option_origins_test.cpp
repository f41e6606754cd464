// An error names the place where the option that it is about was given, whoever finds it and whenever.
#include "app/option_origins.hpp"

#include <gtest/gtest.h>

namespace vireo::app {
namespace {

const OptionTable table = {
    {"All", {{"method", "SPEC", ""}, {"uplink", "SPEC", ""}, {"regularizer", "SPEC", "", true}}}};

OptionOrigins origins() {
  auto given = read_command_line({"--method", "walk", "--regularizer", "x=l1", "--regularizer", "y=l2"}, table);
  given.fill_from(read_ini("\nuplink = randk\n", "run.ini", table));
  return OptionOrigins(given);
}

TEST(OptionOrigins, AreThoseOfTheValues) {
  EXPECT_EQ(origins().of("method"), "--method");
  EXPECT_EQ(origins().of("uplink"), "run.ini:2: uplink");
  EXPECT_EQ(origins().of("regularizer", 1), "--regularizer");
  EXPECT_EQ(origins().of("data"), "--data");  // not given
}

TEST(OptionOrigins, GoInFrontOfATextOnce) {
  EXPECT_EQ(origins().named("k is too large", "uplink"), "run.ini:2: uplink: k is too large");
  EXPECT_EQ(origins().named("run.ini:2: uplink: k is too large", "uplink"), "run.ini:2: uplink: k is too large");
  EXPECT_EQ(origins().named(UsageError("k is too large"), "uplink"), "run.ini:2: uplink: k is too large");
}

TEST(OptionOrigins, AreThoseOfTheSettingThatAnErrorNames) {
  EXPECT_EQ(origins().named(UsageError("uplink", "walk does not compress"), "method"),
            "run.ini:2: uplink: walk does not compress");
  EXPECT_EQ(origins().named(UsageError("uplink randk", "k is too large"), "method"),
            "run.ini:2: uplink randk: k is too large");
  EXPECT_EQ(origins().named(UsageError("data", "is a directory"), "method"), "--data: is a directory");
}

TEST(OptionOrigins, HaveNoDashesWhereThereIsNoCommandLine) {
  GivenOptions given;
  given.mark = "";
  EXPECT_EQ(OptionOrigins(given).of("seed"), "seed");
}

template <class Error>
std::string blamed() {
  try {
    origins().blame("uplink", []() -> int { throw Error("it is wrong"); });
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(OptionOrigins, KeepTheKindOfAnError) {
  EXPECT_EQ(blamed<UsageError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<DataError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<IoError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<NumericalError>(), "it is wrong");  // no option's fault
  EXPECT_EQ(origins().blame("uplink", [] { return 7; }), 7);
}

}  // namespace
}  // namespace vireo::app
