// Numbers as text: what is one, what is not, and that every double survives the round trip.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "plugins/expect_usage_error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ParseReal, Numbers) {
  EXPECT_EQ(parse_real("x", "0.1"), 0.1);
  EXPECT_EQ(parse_real("x", "+5"), 5);
  EXPECT_EQ(parse_real("x", "-5e-3"), -5e-3);
  EXPECT_EQ(parse_real("x", "+.5"), 0.5);
  EXPECT_EQ(parse_real("x", "1E6"), 1e6);
  EXPECT_EQ(parse_real("x", "inf"), infinity);
  EXPECT_EQ(parse_real("x", "+inf"), infinity);
  EXPECT_EQ(parse_real("x", "-inf"), -infinity);
  EXPECT_EQ(parse_real("x", "5e-324"), 5e-324);
}

TEST(ParseReal, EverythingElseIsAnError) {
  for (const std::string text : {"",    "+",    "-",   "abc",    "1x",   "1 ", " 1", "1,5", "++1",   "+-1",  "-+1",
                                 "nan", "-nan", "NaN", "nan(1)", "0x10", "1e", "e5", ".",   "1.2.3", "auto", "1\n"})
    EXPECT_THROW((void)parse_real("x", text), UsageError) << text;
  EXPECT_EQ(testing::usage_error([] { (void)parse_real("--tolerance", "1e-x"); }),
            "--tolerance: '1e-x' is not a number");
  EXPECT_EQ(testing::usage_error([] { (void)parse_real("x", "1e999"); }),
            "x: '1e999' is too large or too small for a float64");
  EXPECT_THROW((void)parse_real("x", "1e-999"), UsageError);
  EXPECT_THROW((void)parse_real("x", std::string("1\0", 2)), UsageError);
}

TEST(ParseInteger, WholeNumbersInAnySpelling) {
  EXPECT_EQ(parse_integer("n", "0"), 0);
  EXPECT_EQ(parse_integer("n", "-0"), 0);
  EXPECT_EQ(parse_integer("n", "007"), 7);
  EXPECT_EQ(parse_integer("n", "+42"), 42);
  EXPECT_EQ(parse_integer("n", "-42"), -42);
  EXPECT_EQ(parse_integer("n", "1e6"), 1000000);
  EXPECT_EQ(parse_integer("n", "1E+6"), 1000000);
  EXPECT_EQ(parse_integer("n", "2.5e3"), 2500);
  EXPECT_EQ(parse_integer("n", "5.00"), 5);
  EXPECT_EQ(parse_integer("n", "1200e-2"), 12);
  EXPECT_EQ(parse_integer("n", "0e999999999999999999999"), 0);
  EXPECT_EQ(parse_integer("n", "1e18"), 1000000000000000000);
  EXPECT_EQ(parse_integer("n", "9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("n", "-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_integer("n", "9007199254740993.0"), 9007199254740993);  // not a double
}

TEST(ParseInteger, EverythingElseIsAnError) {
  for (const std::string text :
       {"",    "+",  "-",     "x",     "1x",  "1 ",  " 1", "1.5",  "1e-1",  "0.99999999999999999999", "nan",
        "inf", "1e", "1e+-2", "1e++2", "+-1", "--1", ".5", "0x10", "1e1.5", "1e-99999999999999999999"})
    EXPECT_THROW((void)parse_integer("n", text), UsageError) << text;
  for (const std::string text : {"9223372036854775808", "1e19", "1e99999999999999999999", "-1e19"})
    EXPECT_EQ(testing::usage_error([&] { (void)parse_integer("n", text); }),
              "n: '" + text + "' does not fit a whole number of 64 bits");
  EXPECT_EQ(testing::usage_error([] { (void)parse_integer("--workers", "2.5"); }),
            "--workers: '2.5' is not a whole number");
}

TEST(FormatReal, IsShort) {
  EXPECT_EQ(format_real(0.1), "0.1");
  EXPECT_EQ(format_real(1), "1");
  EXPECT_EQ(format_real(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(format_real(1e-300), "1e-300");
  EXPECT_EQ(format_real(infinity), "inf");
  EXPECT_EQ(format_real(-infinity), "-inf");
  EXPECT_EQ(format_real(-std::nan("")), "nan");
}

TEST(FormatReal, RoundTripsEveryBit) {
  std::mt19937_64 engine(1);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t bits = engine();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    const double back = parse_real("x", format_real(value));
    ASSERT_EQ(std::memcmp(&value, &back, sizeof value), 0) << format_real(value);
  }
  for (const double value : {5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -0.0, 4.9406564584124654e-320})
    EXPECT_EQ(parse_real("x", format_real(value)), value);
}

}  // namespace
}  // namespace vireo
