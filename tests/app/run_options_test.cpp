// The records of options: each reads back what it writes, and every list of options is made of them.
#include "app/run_options.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "vireo/core/error.hpp"

namespace vireo::app {
namespace {

const Registry& registry() {
  static const Registry builtin = Registry::builtin();
  return builtin;
}

/// What a run needs to be one.
const std::vector<std::string> least = {"--problem", "logistic", "--method", "masha1", "--data", "rows.svm"};

/// A value of every option that is not a default.
const std::map<std::string, std::string> values = {{"problem", "least-squares"},
                                                   {"method", "masha2:step=0.5x"},
                                                   {"uplink", "randk:fraction=0.25"},
                                                   {"downlink", "topk:k=3"},
                                                   {"regularizer", "z=[ball:radius=2]"},
                                                   {"data", "/data/rows.svm"},
                                                   {"workers", "7"},
                                                   {"seed", "12345"},
                                                   {"initial", "/runs/before.h5"},
                                                   {"allow-unproven", "on"},
                                                   {"tolerance", "0.1234567890123456789"},
                                                   {"relative-tolerance", "1e-300"},
                                                   {"gap-tolerance", "0.01"},
                                                   {"check-every", "9"},
                                                   {"max-iterations", "none"},
                                                   {"max-seconds", "10m"},
                                                   {"max-oracle-calls", "1e9"},
                                                   {"max-wire-bytes", "2GiB"},
                                                   {"return", "average"},
                                                   {"trace", "/runs/here # there.h5"},
                                                   {"trace-every", "5"},
                                                   {"checkpoint", "/runs/run.ckpt.h5"},
                                                   {"checkpoint-every", "500"},
                                                   {"rank-timeout", "90s"},
                                                   {"simulate", "8"},
                                                   {"latency", "3us"},
                                                   {"bandwidth", "7Mbit/s"}};

std::vector<RunOption> records() {
  std::vector<RunOption> all;
  for (const auto& group : run_option_groups()) all.insert(all.end(), group.options.begin(), group.options.end());
  return all;
}

std::vector<std::string> names(const OptionTable& table) {
  std::vector<std::string> all;
  for (const auto& group : table)
    for (const auto& option : group.options) all.push_back(option.name);
  return all;
}

/// The configuration of all values above.
Configuration full() {
  GivenOptions given;
  for (const auto& [name, value] : values) given.add(name, {value, "--" + name});
  return make_configuration(given, registry());
}

TEST(RunOptions, ReadBackWhatTheyWriteByDefault) {
  const auto defaults = make_configuration(read_command_line(least, run_options()), registry());
  for (const auto& record : records()) {
    auto copy = full();
    if (record.option.repeatable) copy.regularizers.clear();
    const auto texts = record.field.write(defaults);
    for (const auto& text : texts) record.field.read(copy, text, registry());
    if (!texts.empty()) {
      EXPECT_EQ(record.field.write(copy), texts) << record.option.name;
    }
  }
}

TEST(RunOptions, ReadBackWhatTheyWriteOfAnyValue) {
  const auto configuration = full();
  const auto text = ini_text(configuration);
  const auto again = make_configuration(read_ini(text, "text", run_options()), registry());
  const auto defaults = make_configuration(read_command_line(least, run_options()), registry());
  for (const auto& record : records()) {
    const auto& name = record.option.name;
    ASSERT_TRUE(values.contains(name)) << "an option that this test has no value of: " << name;
    EXPECT_FALSE(record.field.write(configuration).empty()) << name;
    EXPECT_EQ(record.field.write(again), record.field.write(configuration)) << name;
    EXPECT_NE(record.field.write(configuration), record.field.write(defaults)) << name;
  }
  EXPECT_EQ(ini_text(again), text);
}

TEST(RunOptions, StandInTheTextInTheOrderOfTheHelp) {
  std::vector<std::string> written;
  std::istringstream lines(ini_text(full()));
  for (std::string line; std::getline(lines, line);) written.push_back(line.substr(0, line.find(' ')));
  EXPECT_EQ(written, names(run_options()));
}

TEST(RunOptions, AreFixedOrFreeOnResume) {
  std::multiset<std::string> parts;
  for (const auto on_resume : {OnResume::fixed, OnResume::free})
    for (const auto& name : names(run_options(on_resume))) parts.insert(name);
  const auto all = names(run_options());
  EXPECT_EQ(parts, std::multiset<std::string>(all.begin(), all.end()));
  EXPECT_EQ(names(run_options(OnResume::fixed)),
            (std::vector<std::string>{"problem", "method", "uplink", "downlink", "regularizer", "data", "workers",
                                      "seed", "initial", "allow-unproven", "check-every", "return"}));
}

TEST(RunOptions, HaveAllThatTheHelpSays) {
  std::set<std::string> seen;
  for (const auto& record : records()) {
    EXPECT_TRUE(seen.insert(record.option.name).second) << record.option.name;
    EXPECT_FALSE(record.option.meaning.empty()) << record.option.name;
    EXPECT_TRUE(record.field.read && record.field.write) << record.option.name;
  }
}

}  // namespace
}  // namespace vireo::app
