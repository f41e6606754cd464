// From options to a configuration and back: values are checked, specs get their defaults, and the INI text is the whole
// of it.
#include "app/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "app/run_options.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// One plug-in of each kind, made of parameters alone.
Registry make_small_registry() {
  Registry registry;
  ProblemPlugIn game;
  game.name = "game";
  game.parameters = {Parameter::integer("dimension", "200", "d", 1)};
  registry.problems.add(game);
  ProblemPlugIn fit;
  fit.name = "fit";
  fit.needs_data = true;
  registry.problems.add(fit);
  MethodPlugIn method;
  method.name = "walk";
  method.default_return = "average";
  method.parameters = {Parameter::step("step", "auto", "gamma")};
  registry.methods.add(method);
  CompressorPlugIn none;
  none.name = "none";
  registry.compressors.add(none);
  CompressorPlugIn randk;
  randk.name = "randk";
  randk.parameters = {Parameter::real("fraction", "0.01", "k/d", 0, 1).open_below()};
  registry.compressors.add(randk);
  RegularizerPlugIn ball;
  ball.name = "ball";
  ball.parameters = {Parameter::positive("radius", "1", "R")};
  registry.regularizers.add(ball);
  return registry;
}

/// Configurations point into it.
const Registry& small_registry() {
  static const Registry registry = make_small_registry();
  return registry;
}

Configuration configured(std::vector<std::string> more) {
  std::vector<std::string> arguments{"--problem", "game", "--method", "walk"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return make_configuration(read_command_line(arguments, run_options()), small_registry());
}

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    static_cast<void>(make_configuration(read_command_line(arguments, run_options()), small_registry()));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string error_with(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"--problem", "game", "--method", "walk"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return error_of(arguments);
}

Configuration read_back(const Configuration& configuration) {
  return make_configuration(read_ini(ini_text(configuration), "text", run_options()), small_registry());
}

TEST(Configuration, HasDefaults) {
  const auto c = configured({});
  EXPECT_EQ(c.problem.text(), "game:dimension=200");
  EXPECT_EQ(c.method.text(), "walk:step=auto");
  EXPECT_EQ(c.uplink.text(), "none");
  EXPECT_EQ(c.criteria.tolerance, 1e-6);
  EXPECT_EQ(c.criteria.relative_tolerance, 0);
  EXPECT_EQ(c.criteria.max_iterations, 1'000'000);
  EXPECT_FALSE(c.check_every);
  EXPECT_EQ(c.criteria.return_point, ReturnPoint::average);  // the method's own
  EXPECT_EQ(c.seed, 1U);
  EXPECT_FALSE(c.trace_every);
  EXPECT_FALSE(c.workers);
}

TEST(Configuration, ReadsBackAsItself) {
  const auto c = configured({"--uplink",
                             "randk:fraction=0.3",
                             "--regularizer",
                             "x=[ball:radius=2]",
                             "--regularizer",
                             "y=ball",
                             "--workers",
                             "7",
                             "--seed",
                             "12345678901234567",
                             "--tolerance",
                             "0.1234567890123456789",
                             "--relative-tolerance",
                             "1e-300",
                             "--max-iterations",
                             "none",
                             "--max-seconds",
                             "10m",
                             "--max-oracle-calls",
                             "1e9",
                             "--max-wire-bytes",
                             "2GiB",
                             "--return",
                             "best",
                             "--initial",
                             "../start.h5",
                             "--trace",
                             "here # there.h5",
                             "--trace-every",
                             "5",
                             "--simulate",
                             "8",
                             "--latency",
                             "3us",
                             "--bandwidth",
                             "7Mbit/s",
                             "--allow-unproven",
                             "--check-every",
                             "9"});
  const auto d = read_back(c);
  EXPECT_EQ(ini_text(d), ini_text(c));
  EXPECT_EQ(d.problem.text(), c.problem.text());
  EXPECT_EQ(d.uplink.text(), c.uplink.text());
  ASSERT_EQ(d.regularizers.size(), 2U);
  EXPECT_EQ(d.regularizers[0].block, "x");
  EXPECT_EQ(d.regularizers[0].regularizer.text(), "ball:radius=2");
  EXPECT_EQ(d.regularizers[1].regularizer.text(), "ball:radius=1");
  EXPECT_EQ(d.workers, 7U);
  EXPECT_EQ(d.seed, 12345678901234567U);
  EXPECT_EQ(d.criteria.tolerance, c.criteria.tolerance);
  EXPECT_EQ(d.criteria.relative_tolerance, 1e-300);
  EXPECT_EQ(d.criteria.max_iterations, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(d.criteria.max_seconds, 600);
  EXPECT_EQ(d.criteria.max_oracle_calls, 1'000'000'000);
  EXPECT_EQ(d.criteria.max_wire_bytes, std::int64_t{2} << 30);
  EXPECT_EQ(d.check_every, 9);
  EXPECT_EQ(d.criteria.return_point, ReturnPoint::best);
  EXPECT_EQ(d.trace, c.trace);
  EXPECT_THAT(d.initial, StartsWith("/"));
  EXPECT_EQ(d.initial, c.initial);
  EXPECT_EQ(d.trace_every, 5);
  EXPECT_EQ(d.simulated_ranks, 8);
  EXPECT_EQ(d.network.latency_seconds, c.network.latency_seconds);
  EXPECT_EQ(d.network.bytes_per_second, c.network.bytes_per_second);
  EXPECT_TRUE(d.allow_unproven);
}

TEST(Configuration, DefaultsReadBackToo) {
  const auto c = configured({});
  EXPECT_EQ(ini_text(read_back(c)), ini_text(c));
  EXPECT_EQ(read_back(c).criteria.max_seconds, std::numeric_limits<double>::infinity());
}

TEST(Configuration, MakesPathsAbsolute) { EXPECT_THAT(configured({"--trace", "a/../t.h5"}).trace, StartsWith("/")); }

TEST(Configuration, NamesWhatIsWrong) {
  EXPECT_THAT(error_of({"--method", "walk"}), HasSubstr("--problem is missing"));
  EXPECT_THAT(error_of({"--problem", "game"}), HasSubstr("--method is missing"));
  EXPECT_EQ(error_of({"--problem", "gane", "--method", "walk"}),
            "--problem: unknown problem 'gane'; did you mean 'game'?");
  EXPECT_THAT(error_of({"--problem", "game:dimensoin=3", "--method", "walk"}), HasSubstr("did you mean 'dimension'"));
  EXPECT_THAT(error_of({"--problem", "fit", "--method", "walk"}), HasSubstr("--data is missing"));
  EXPECT_THAT(error_with({"--data", "x.txt"}), HasSubstr("reads no file"));
  for (const char* const bad : {"0", "2", "nan", "-1"})
    EXPECT_THAT(error_with({"--uplink", std::string("randk:fraction=") + bad}), StartsWith("--uplink: ")) << bad;
  for (const char* const bad : {"-1", "nan", "inf", "small"})
    EXPECT_THAT(error_with({"--tolerance", bad}), StartsWith("--tolerance: ")) << bad;
  EXPECT_THAT(error_with({"--workers", "0"}), HasSubstr("--workers: must be at least 1"));
  EXPECT_THAT(error_with({"--return", "middle"}), HasSubstr("'middle'"));
  EXPECT_THAT(error_with({"--latency", "1ms"}), HasSubstr("--simulate"));
  EXPECT_THAT(error_with({"--simulate", "0"}), StartsWith("--simulate: "));
  EXPECT_THAT(error_with({"--regularizer", "x=bal"}), HasSubstr("did you mean 'ball'"));
}

TEST(Configuration, NamesTheLineOfAFile) {
  const auto error_of_line = [](const std::string& line) -> std::string {
    try {
      const auto given = read_ini("problem = game\nmethod = walk\n" + line + "\n", "run.ini", run_options());
      static_cast<void>(make_configuration(given, small_registry()));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of_line("tolerance = -1"), StartsWith("run.ini:3: tolerance: must not"));
  EXPECT_THAT(error_of_line("return = middle"), StartsWith("run.ini:3: return: 'middle'"));
  EXPECT_THAT(error_of_line("uplink = randk:fraction=2"), StartsWith("run.ini:3: uplink: randk: fraction=2"));
  EXPECT_THAT(error_of_line("data = x"), StartsWith("run.ini:3: data: problem 'game' reads no file"));
}

TEST(PlacedSpec, TellsBlocksFromSpecs) {
  EXPECT_EQ(parse_placed_spec("ball").block, "");
  EXPECT_EQ(parse_placed_spec("ball:radius=2").block, "");
  EXPECT_EQ(parse_placed_spec("x=ball").block, "x");
  EXPECT_EQ(parse_placed_spec("x=ball:radius=2").spec.text(), "ball:radius=2");
  EXPECT_EQ(parse_placed_spec("x=[ball:radius=2]").spec.text(), "ball:radius=2");
  EXPECT_THROW(static_cast<void>(parse_placed_spec("=ball")), UsageError);
}

}  // namespace
}  // namespace vireo::app
