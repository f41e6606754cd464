// Numbers and paragraphs for people.
#include "app/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace vireo::app {
namespace {

TEST(Grouped, HasCommas) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-123456), "-123,456");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::max()), "9,223,372,036,854,775,807");
}

TEST(HumanBytes, KeepThreeDigits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(999.9), "1 kB");
  EXPECT_EQ(human_bytes(1234567), "1.23 MB");
  EXPECT_EQ(human_bytes(2e18), "2 EB");
}

TEST(HumanSeconds, ChangeUnits) {
  EXPECT_EQ(human_seconds(0), "0 s");
  EXPECT_EQ(human_seconds(1.5e-5), "15 us");
  EXPECT_EQ(human_seconds(0.25), "250 ms");
  EXPECT_EQ(human_seconds(61.24), "61.2 s");
  EXPECT_EQ(human_seconds(125), "2 min 5 s");
  EXPECT_EQ(human_seconds(12000), "3 h 20 min");
  EXPECT_EQ(human_seconds(172799), "47 h 59 min");
  EXPECT_EQ(human_seconds(100 * 3600 + 60), "4 d 4 h");
  EXPECT_EQ(human_seconds(1e300), "1.16e+295 d");
}

TEST(Wrapped, StaysWithinTheWidth) {
  EXPECT_EQ(wrapped("aa bb cc dd", 2, 0, 5), "aa bb\n  cc\n  dd");
  EXPECT_EQ(wrapped("a-very-long-word b", 2, 0, 5), "a-very-long-word\n  b");
  EXPECT_EQ(wrapped("", 2, 0), "");
}

TEST(Wrapped, BreaksLongSpecsAfterCommas) {
  EXPECT_EQ(wrapped("game:a=1,b=2,c=3", 2, 0, 10), "game:a=1,\n  b=2,c=3");
  EXPECT_EQ(wrapped("f(x, y) is short", 2, 0, 20), "f(x, y) is short");
  EXPECT_EQ(wrapped("see game:a=1,b=2,c=3 here", 2, 0, 12), "see\n  game:a=1,\n  b=2,c=3\n  here");
}

TEST(ShellQuoted, IsOneWordOfAShell) {
  EXPECT_EQ(shell_quoted("/a/b-1.h5"), "/a/b-1.h5");
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(HostList, CountsTheRanksOfEachHost) {
  EXPECT_EQ(host_list({"a"}), "a (1 rank)");
  EXPECT_EQ(host_list({"b", "b", "a", "b"}), "b (3 ranks), a (1 rank)");
  EXPECT_EQ(
      host_list({"1", "2", "3", "4", "5", "6", "7", "8", "9", "9", "10"}),
      "1 (1 rank), 2 (1 rank), 3 (1 rank), 4 (1 rank), 5 (1 rank), 6 (1 rank), 7 (1 rank), 8 (1 rank) and 2 more");
}

TEST(Table, LinesUp) {
  Table table;
  table.add("a", "first");
  table.add("longer", "second");
  EXPECT_EQ(table.text(), "  a       first\n  longer  second\n");
}

}  // namespace
}  // namespace vireo::app
