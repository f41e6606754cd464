// The command line and the INI file: names, values, comments, and messages that say where.
#include "app/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vireo/core/error.hpp"

namespace vireo::app {
namespace {

using ::testing::HasSubstr;

const OptionTable table = {{"One", {{"tolerance", "EPS", ""}, {"seed", "S", ""}, {"regularizer", "SPEC", "", true}}},
                           {"Two", {{"quiet", "", ""}, {"dry-run", "", "", false, false}}}};

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string command_line_error(const std::vector<std::string>& arguments) {
  return message([&] { static_cast<void>(read_command_line(arguments, table)); });
}

std::string ini_error(const std::string& text) {
  return message([&] { static_cast<void>(read_ini(text, "run.ini", table)); });
}

TEST(CommandLine, ReadsValuesFlagsAndPositions) {
  const auto given = read_command_line({"--seed", "7", "file.h5", "--quiet", "--tolerance=1e-3"}, table);
  EXPECT_EQ(given.find("seed")->text, "7");
  EXPECT_EQ(given.find("seed")->where, "--seed");
  EXPECT_EQ(given.find("tolerance")->text, "1e-3");
  EXPECT_TRUE(given.flag("quiet"));
  EXPECT_FALSE(given.flag("dry-run"));
  EXPECT_EQ(given.positional, std::vector<std::string>{"file.h5"});
}

TEST(CommandLine, TakesNegativeNumbersAsValues) {
  EXPECT_EQ(read_command_line({"--tolerance", "-1"}, table).find("tolerance")->text, "-1");
}

TEST(CommandLine, RepeatsWhatIsRepeatable) {
  EXPECT_EQ(read_command_line({"--regularizer", "x=l1", "--regularizer", "y=l2"}, table).all("regularizer").size(), 2U);
  EXPECT_THAT(command_line_error({"--seed", "1", "--seed", "2"}), HasSubstr("--seed is given twice"));
}

TEST(CommandLine, NamesTheNearestOption) {
  EXPECT_EQ(command_line_error({"--tolerence", "1"}), "unknown option '--tolerence'; did you mean '--tolerance'?");
  EXPECT_THAT(command_line_error({"--tol", "1"}), HasSubstr("unknown option '--tol'"));
  EXPECT_THAT(command_line_error({"-q"}), HasSubstr("'-q'"));
}

TEST(CommandLine, WantsAValue) {
  EXPECT_EQ(command_line_error({"--seed"}), "--seed has no value");
  EXPECT_EQ(command_line_error({"--seed="}), "--seed has no value");
  EXPECT_THAT(command_line_error({"--seed", "--quiet"}), HasSubstr("--seed"));
  EXPECT_THAT(command_line_error({"--quiet=maybe"}), HasSubstr("--quiet"));
}

TEST(CommandLine, TakesNoLineBreaks) {
  EXPECT_EQ(command_line_error({"--seed", "1\n2"}), "--seed: '1\\x0a2' has a line break in it");
}

TEST(Ini, ReadsLinesAndComments) {
  const auto given = read_ini(
      "# a run\n\n  seed =  7  # the lucky one\r\nquiet = on\nregularizer = x=[ball:radius=1]\n"
      "regularizer = y=l1\ntolerance = \"a # b\"\n",
      "run.ini", table);
  EXPECT_EQ(given.find("seed")->text, "7");
  EXPECT_EQ(given.find("seed")->where, "run.ini:3: seed");
  EXPECT_TRUE(given.flag("quiet"));
  EXPECT_EQ(given.all("regularizer")[0].text, "x=[ball:radius=1]");
  EXPECT_EQ(given.find("tolerance")->text, "a # b");
}

TEST(Ini, NamesFileAndLine) {
  EXPECT_EQ(ini_error("seed = 1\nsede = 2\n"), "run.ini:2: unknown key 'sede'; did you mean 'seed'?");
  EXPECT_THAT(ini_error("seed 1\n"), HasSubstr("run.ini:1: 'seed 1' is not of the form name = value"));
  EXPECT_THAT(ini_error("\nseed =\n"), HasSubstr("run.ini:2: seed: has no value"));
  EXPECT_THAT(ini_error("seed = 1\nseed = 2\n"), HasSubstr("run.ini:2: seed is given twice"));
  EXPECT_THAT(ini_error("quiet = perhaps\n"), HasSubstr("run.ini:1: quiet: must be on or off"));
  EXPECT_THAT(ini_error("dry-run = on\n"), HasSubstr("belongs on the command line"));
  EXPECT_EQ(ini_error("seed = \"a"), "run.ini:1: seed: has no closing quote");
  EXPECT_THAT(ini_error("seed = \"a\" b"), HasSubstr("run.ini:1: seed: more follows the closing quote"));
}

TEST(CommandLine, PointsToTheHelpOfTheSubcommand) {
  EXPECT_THAT(message([] { static_cast<void>(read_command_line({"--zzz"}, table, "solve")); }),
              HasSubstr("see: vireo solve --help"));
  EXPECT_THAT(message([] { static_cast<void>(read_command_line({"--zzz"}, table)); }), HasSubstr("see: vireo --help"));
}

TEST(Ini, SkipsAByteOrderMark) { EXPECT_EQ(read_ini("\xef\xbb\xbfseed = 3\n", "", table).find("seed")->text, "3"); }

TEST(Ini, ShowsBinaryJunkInPrint) {
  EXPECT_EQ(ini_error(std::string("\0\x1b[2J", 5)), "run.ini:1: '\\x00\\x1b[2J' is not of the form name = value");
}

TEST(Ini, LinesReadBack) {
  for (const char* const value : {"plain", "a = b", "x\" #y", "\"", "\"\"", "a \"b\" c", "\"q\"", "#",
                                  "dir with # in it/x", " spaces ", "x=[ball:radius=1]"})
    EXPECT_EQ(read_ini(ini_line("seed", value), "", table).find("seed")->text, value);
}

TEST(Both, TheCommandLineWins) {
  auto given = read_command_line({"--seed", "1"}, table);
  given.fill_from(read_ini("seed = 2\ntolerance = 3\n", "run.ini", table));
  EXPECT_EQ(given.find("seed")->text, "1");
  EXPECT_EQ(given.all("seed").size(), 1U);
  EXPECT_EQ(given.find("tolerance")->text, "3");
}

}  // namespace
}  // namespace vireo::app
