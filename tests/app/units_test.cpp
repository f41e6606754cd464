// Numbers with units: what is read, what is refused, and that what is printed reads back.
#include "app/units.hpp"

#include <gtest/gtest.h>

#include "vireo/core/error.hpp"

namespace vireo::app {
namespace {

TEST(Duration, HasUnits) {
  EXPECT_DOUBLE_EQ(parse_duration("10us"), 10e-6);
  EXPECT_DOUBLE_EQ(parse_duration("5ms"), 5e-3);
  EXPECT_EQ(parse_duration("30s"), 30);
  EXPECT_EQ(parse_duration("30"), 30);
  EXPECT_EQ(parse_duration("10m"), 600);
  EXPECT_EQ(parse_duration("1.5h"), 5400);
  EXPECT_EQ(parse_duration("0"), 0);
}

TEST(Duration, RefusesTheRest) {
  for (const char* const bad : {"", "s", "-1s", "nan", "inf", "1e400s", "10 weeks", "10us5", "0x10"})
    EXPECT_THROW(static_cast<void>(parse_duration(bad)), UsageError) << bad;
}

TEST(Rate, CountsBitsAndBytes) {
  EXPECT_EQ(parse_rate("1Gbit/s"), 125e6);
  EXPECT_EQ(parse_rate("100Mbit/s"), 12.5e6);
  EXPECT_EQ(parse_rate("1GB/s"), 1e9);
  EXPECT_EQ(parse_rate("1GiB/s"), 1073741824);
}

TEST(Rate, RefusesTheRest) {
  for (const char* const bad : {"", "0Gbit/s", "-1GB/s", "100", "1Gb", "nanB/s"})
    EXPECT_THROW(static_cast<void>(parse_rate(bad)), UsageError) << bad;
}

TEST(Bytes, HasUnits) {
  EXPECT_EQ(parse_bytes("1e9"), 1'000'000'000);
  EXPECT_EQ(parse_bytes("10MB"), 10'000'000);
  EXPECT_EQ(parse_bytes("2GiB"), std::int64_t{2} << 30);
  EXPECT_EQ(parse_bytes("12345"), 12345);
  for (const char* const bad : {"", "0", "-5", "nan", "1e30", "5 apples"})
    EXPECT_THROW(static_cast<void>(parse_bytes(bad)), UsageError) << bad;
}

TEST(Count, IsWholeAndBounded) {
  EXPECT_EQ(parse_count("64", 1), 64);
  EXPECT_EQ(parse_count("1e6", 1), 1'000'000);
  EXPECT_EQ(parse_count("9223372036854775807", 0), 9223372036854775807);
  for (const char* const bad : {"", "0", "-1", "1.5", "nan", "ten", "1e30", "99999999999999999999"})
    EXPECT_THROW(static_cast<void>(parse_count(bad, 1)), UsageError) << bad;
}

TEST(Messages, NameTheValueAndWhatIsWanted) {
  try {
    static_cast<void>(parse_duration("soon"));
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "'soon' is not a duration such as 10us, 5ms, 30s, 10m or 2h");
  }
}

TEST(Texts, ReadBackExactly) {
  for (const double seconds : {10e-6, 1.0 / 3, 5400.0}) EXPECT_EQ(parse_duration(duration_text(seconds)), seconds);
  for (const double rate : {125e6, 1e9 / 3, 0.1}) EXPECT_EQ(parse_rate(rate_text(rate)), rate);
}

}  // namespace
}  // namespace vireo::app
