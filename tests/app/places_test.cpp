// An error names the place where the option that it is about was given, whoever finds it and whenever.
#include "app/places.hpp"

#include <gtest/gtest.h>

namespace vireo::app {
namespace {

const OptionTable table = {
    {"All", {{"method", "SPEC", ""}, {"uplink", "SPEC", ""}, {"regularizer", "SPEC", "", true}}}};

Places places() {
  auto given = read_command_line({"--method", "walk", "--regularizer", "x=l1", "--regularizer", "y=l2"}, table);
  given.fill_from(read_ini("\nuplink = randk\n", "run.ini", table));
  return Places(given, table);
}

TEST(Places, AreThoseOfTheValues) {
  EXPECT_EQ(places().of("method"), "--method");
  EXPECT_EQ(places().of("uplink"), "run.ini:2: uplink");
  EXPECT_EQ(places().of("regularizer", 1), "--regularizer");
  EXPECT_EQ(places().of("data"), "--data");  // not given
}

TEST(Places, GoInFrontOfATextOnce) {
  EXPECT_EQ(places().named("k is too large", "uplink"), "run.ini:2: uplink: k is too large");
  EXPECT_EQ(places().named("run.ini:2: uplink: k is too large", "uplink"), "run.ini:2: uplink: k is too large");
  EXPECT_EQ(places().named("--method: unknown", "method"), "--method: unknown");
}

TEST(Places, ReplaceAnOptionsNameByWhereItWasGiven) {
  EXPECT_EQ(places().named("--uplink: walk does not compress", "method"), "run.ini:2: uplink: walk does not compress");
  EXPECT_EQ(places().named("--uplink and more", "method"), "run.ini:2: uplink and more");
  EXPECT_EQ(places().named("--data is missing", "method"), "--data is missing");
}

template <class Error>
std::string blamed() {
  try {
    places().blame("uplink", []() -> int { throw Error("it is wrong"); });
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Places, KeepTheKindOfAnError) {
  EXPECT_EQ(blamed<UsageError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<DataError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<IoError>(), "run.ini:2: uplink: it is wrong");
  EXPECT_EQ(blamed<NumericalError>(), "it is wrong");  // no option's fault
  EXPECT_EQ(places().blame("uplink", [] { return 7; }), 7);
}

}  // namespace
}  // namespace vireo::app
