// What the parser accepts, and what it says of what it does not.
#include "io/libsvm_parser.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <limits>

#include "vireo/core/random.hpp"

namespace vireo::libsvm {
namespace {

using Columns = std::vector<std::uint32_t>;
using Values = std::vector<double>;

TEST(LibsvmParser, ReadsRowsLabelsAndEntries) {
  Parser parser;
  ASSERT_TRUE(parser.parse("+1 1:0.5 7:-2e3\n-1\t3:+1 \n2.5\n"));
  EXPECT_EQ(parser.rows().labels, (Values{1, -1, 2.5}));
  EXPECT_EQ(parser.rows().start, (std::vector<std::uint64_t>{0, 2, 3, 3}));
  EXPECT_EQ(parser.rows().columns, (Columns{0, 6, 2}));
  EXPECT_EQ(parser.rows().values, (Values{0.5, -2000, 1}));
  EXPECT_EQ(parser.features(), 7U);
}

TEST(LibsvmParser, SkipsBlankLinesCommentsAndCarriageReturns) {
  Parser parser;
  ASSERT_TRUE(parser.parse("\n1 1:2\r\n  \r\n# a comment \x01\n3 2:4 # more\n5 2:6#and more\r\n7 8:9"));
  EXPECT_EQ(parser.lines(), 7U);
  EXPECT_EQ(parser.rows().labels, (Values{1, 3, 5, 7}));
  EXPECT_EQ(parser.rows().values, (Values{2, 4, 6, 9}));
}

TEST(LibsvmParser, AcceptsTheLargestIndex) {
  Parser parser;
  ASSERT_TRUE(parser.parse("1 2147483648:1\n"));
  EXPECT_EQ(parser.features(), std::uint64_t{1} << 31);
  EXPECT_EQ(parser.rows().columns, Columns{2147483647});
}

// The short cut for plain decimals must not change a bit.
TEST(LibsvmParser, NumbersAreThoseOfFromChars) {
  std::vector<std::string> texts = {"0",
                                    "-0",
                                    "1",
                                    "0.1",
                                    ".5",
                                    "5.",
                                    "999999999999999",
                                    "1e22",
                                    "1e-300",
                                    "5e-324",
                                    "1E+5",
                                    "123456789012345",
                                    "1234567890123456",
                                    "0.000000000000001",
                                    "00000000000000000001",
                                    "9007199254740993",
                                    "1.7976931348623157e308"};
  random::Stream stream({.seed = 1});
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t digits = stream.next() >> (4 + stream.below(60));
    std::string text = std::to_string(digits);
    text.insert(stream.below(text.size() + 1), ".");
    texts.push_back((stream.below(2) ? "-" : "") + text);
  }
  for (const auto& text : texts) {
    Parser parser;
    ASSERT_TRUE(parser.parse(text + " 1:" + text)) << text << ": " << parser.trouble();
    double expected = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parser.rows().labels[0]), std::bit_cast<std::uint64_t>(expected)) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(parser.rows().values[0]), std::bit_cast<std::uint64_t>(expected)) << text;
  }
}

TEST(LibsvmParser, SaysWhatIsWrongWithALine) {
  const std::string dots(50, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"abc 1:2", "label 'abc' is not a number"},
      {"1:2 3:4", "label '1:2' is not a number"},
      {"nan 1:2", "label 'nan' is not finite"},
      {"-inf 1:2", "label '-inf' is not finite"},
      {"+-1 1:2", "label '+-1' is not a number"},
      {"1e999 1:2", "label '1e999' is outside the range of double precision"},
      {"0x1p3 1:2", "label '0x1p3' is not a number"},
      {"1,5 1:2", "label '1,5' is not a number"},
      {"1 0:2", "index 0: indices count from 1"},
      {"1 -3:2", "index '-3' is negative"},
      {"1 2:1 2:1", "index 2 follows index 2: indices must increase"},
      {"1 5:1 3:1", "index 3 follows index 5: indices must increase"},
      {"1 2147483649:1", "index '2147483649' is above 2^31"},
      {"1 99999999999999999999999:1", "index '99999999999999999999999' is above 2^31"},
      {"1 x:1", "index 'x' is not a whole number"},
      {"1 1.5:1", "index '1.5' is not a whole number"},
      {"1 :1", "index '' is not a whole number"},
      {"1 qid:7 1:1", "index 'qid' is not a whole number"},
      {"1 abc", "'abc' is not of the form index:value"},
      {"1 3", "'3' is not of the form index:value"},
      {"1 3:", "index 3 has no value"},
      {"1 3: 4", "index 3 has no value"},
      {"1 3:four", "value 'four' of index 3 is not a number"},
      {"1 3:4x", "value '4x' of index 3 is not a number"},
      {"1 3:1.2.3", "value '1.2.3' of index 3 is not a number"},
      {"1 3:-", "value '-' of index 3 is not a number"},
      {"1 3:nan", "value 'nan' of index 3 is not finite"},
      {"1 3:Infinity", "value 'Infinity' of index 3 is not finite"},
      {"1 3:1e400", "value '1e400' of index 3 is outside the range of double precision"},
      {"1 3:4\r 5:6", "not LIBSVM text: byte '\\x0d' in column 6"},
      {std::string("1 3:4\0", 6), "not LIBSVM text: byte '\\x00' in column 6"},
      {"\x89PNG\x1a", "not LIBSVM text: byte '\\x1a' in column 5"},
      {"\xef\xbb\xbf"
       "1 1:1",
       "label '\\xef\\xbb\\xbf1' is not a number"},
      {dots, "label '" + dots.substr(0, 40) + "...' is not a number"},
  };
  for (const auto& [line, expected] : cases) {
    Parser parser;
    EXPECT_FALSE(parser.parse("1 1:1\n\n" + line + "\n1 bad\n")) << line;
    EXPECT_EQ(parser.trouble(), expected) << line;
    EXPECT_EQ(parser.lines(), 2U) << line;
  }
}

}  // namespace
}  // namespace vireo::libsvm
