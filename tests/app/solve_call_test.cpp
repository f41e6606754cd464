// The solver as a call: the bytes of the program, rows in memory, nothing printed, and errors that are thrown.
#include "vireo/app/solve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

#include "app/commands.hpp"
#include "storage/trace_reader.hpp"
#include "support/folder.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// F_i(z)_j = (1 + (i + j) mod 3) (z_j - i mod 5): strongly monotone.
class Springs final : public ComponentProblem {
 public:
  explicit Springs(const ProblemContext& context) : ComponentProblem(context, 20, 12) {}
  void component(Index i, ConstView z, View out) const override {
    for (Index j = 0; j < z.size(); ++j)
      out[j] = static_cast<double>(1 + (i + j) % 3) * (z[j] - static_cast<double>(i % 5));
  }
};

ProblemPointer make_springs(const ProblemContext& context) { return std::make_unique<Springs>(context); }

using Settings = std::vector<std::pair<std::string, std::string>>;

const Settings compressed = {{"method", "masha1"}, {"uplink", "randk:fraction=0.3"}, {"workers", "5"},
                             {"seed", "3"},        {"max-iterations", "200"},        {"tolerance", "0"},
                             {"trace-every", "7"}};

Settings with(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

/// The same run through the program's own subcommand.
void run_program_with(const Settings& settings) {
  auto registry = Registry::builtin();
  ProblemPlugIn plug;
  plug.name = "own-problem";
  plug.make = [](const Parameters&, const ProblemContext& context) { return make_springs(context); };
  registry.problems.add(plug);
  std::vector<std::string> arguments{"--problem", "own-problem", "--quiet"};
  for (const auto& [name, value] : settings) arguments.insert(arguments.end(), {"--" + name, value});
  run_simulated(1, {}, [&](Communicator& alone) {
    EXPECT_EQ(app::solve_command({alone, registry, arguments, arguments}), app::ExitCode::limit);
  });
}

/// All of a trace but what the clock says.
void expect_same(const trace::Trace& one, const trace::Trace& other) {
  EXPECT_EQ(*one.solution, *other.solution);
  ASSERT_EQ(one.columns.size(), other.columns.size());
  for (std::size_t c = 0; c < one.columns.size(); ++c) {
    EXPECT_EQ(one.columns[c].name, other.columns[c].name);
    if (one.columns[c].name.starts_with("seconds")) continue;
    EXPECT_EQ(one.columns[c].values, other.columns[c].values) << one.columns[c].name;
    EXPECT_EQ(one.columns[c].integers, other.columns[c].integers) << one.columns[c].name;
  }
}

class SolveCall : public ::testing::TestWithParam<int> {};

TEST_P(SolveCall, GivesTheBytesOfTheProgramTwiceInOneProcess) {
  const test::Folder folder;
  const Settings ranks = {{"simulate", std::to_string(GetParam())}};
  run_program_with(with(compressed, with(ranks, {{"trace", folder.file("program.h5")}})));
  const auto program = trace::read(folder.file("program.h5"));
  for (const char* const name : {"first.h5", "second.h5"}) {
    const auto result =
        solve(make_springs, {.settings = with(compressed, with(ranks, {{"trace", folder.file(name)}}))});
    EXPECT_EQ(result.trace, folder.file(name));
    EXPECT_EQ(result.solution, *program.solution);
    EXPECT_EQ(result.iterations, 200);
    const auto called = trace::read(folder.file(name));
    expect_same(called, program);
    EXPECT_EQ(called.config.substr(0, called.config.find("trace = ")),
              program.config.substr(0, program.config.find("trace = ")));
  }
}

TEST_P(SolveCall, DoesNotDependOnTheNumberOfRanks) {
  const auto alone = solve(make_springs, {.settings = compressed});
  const auto several = solve(make_springs, {.settings = with(compressed, {{"simulate", std::to_string(GetParam())}})});
  EXPECT_EQ(several.solution, alone.solution);
  EXPECT_EQ(several.residual, alone.residual);
  EXPECT_EQ(several.totals.wire_bytes_up, alone.totals.wire_bytes_up);
}

INSTANTIATE_TEST_SUITE_P(Ranks, SolveCall, ::testing::Values(1, 2, 3));

TEST(SolveAsACall, TakesASpecAndKeepsRowsInMemory) {
  MemoryTrace memory;
  Observer* const observers[] = {&memory};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const auto result = solve({.settings = {{"problem", "quadratic-game:dimension=10"},
                                          {"method", "extragradient"},
                                          {"workers", "2"},
                                          {"trace-every", "10"},
                                          {"tolerance", "1e-9"}}},
                            observers);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(result.termination, Termination::converged);
  EXPECT_TRUE(result.tolerance_met);
  EXPECT_LE(result.residual, 1e-9);
  EXPECT_EQ(result.solution.size(), 10U);
  EXPECT_EQ(result.trace, "");
  EXPECT_EQ(result.checkpoint, "");
  EXPECT_THAT(result.configuration, StartsWith("problem = quadratic-game:dimension=10,"));
  EXPECT_THAT(result.summary, HasSubstr("converged to the tolerance 1e-09"));
  ASSERT_GE(memory.rows().size(), 2U);
  EXPECT_EQ(memory.rows()[0].iteration, 0);
  EXPECT_EQ(memory.rows()[1].iteration, 10);
  EXPECT_EQ(memory.rows().back().iteration, result.iterations);
}

/// Looks at the iterations alone.
class Counter final : public Observer {
 public:
  [[nodiscard]] bool wants_rows() const override { return false; }
  void row(const Row& /*row*/) override { ++rows; }
  void iteration(std::int64_t iteration, double /*residual*/, const Totals& /*totals*/) override { last = iteration; }
  int rows = 0;
  std::int64_t last = 0;
};

TEST(SolveAsACall, MakesNoRowsWhereNobodyWantsThem) {
  Counter counter;
  Observer* const observers[] = {&counter};
  const auto result = solve(make_springs, {.settings = compressed}, observers);
  EXPECT_EQ(counter.last, result.iterations);
  EXPECT_EQ(counter.rows, 0);
}

TEST(SolveAsACall, TellsTheCallerWhatTheProgramPrintsAtTheStart) {
  std::string told;
  const auto result = solve(make_springs, {.settings = {{"method", "extragradient"}, {"simulate", "3"}},
                                           .headings = [&](std::string_view text) { told += text; }});
  EXPECT_TRUE(result.tolerance_met);
  EXPECT_THAT(told, HasSubstr("own-problem"));
  EXPECT_THAT(told, HasSubstr("extragradient"));
  EXPECT_THAT(told, HasSubstr("3 simulated ranks"));
}

/// As many players as the traffic of a city has
class Players final : public ComponentProblem {
 public:
  explicit Players(const ProblemContext& context) : ComponentProblem(context, 3000, 2) {}
  void component(Index, ConstView z, View out) const override { std::ranges::copy(z, out.begin()); }
  [[nodiscard]] std::vector<Block> blocks() const override {
    std::vector<Block> all;
    for (Index i = 0; i < 1000; ++i) all.push_back({"player" + std::to_string(i), {3 * i, 3 * i + 3}});
    return all;
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override {
    return std::vector<RegularizerPointer>(1000, make_simplex());
  }
};

// The heading of a problem with very many blocks is short.
TEST(SolveAsACall, TellsOfManyBlocksInAFewLines) {
  std::string told;
  static_cast<void>(solve([](const ProblemContext& context) { return std::make_unique<Players>(context); },
                          {.settings = {{"method", "extragradient"}, {"max-iterations", "1"}},
                           .headings = [&](std::string_view text) { told += text; }}));
  EXPECT_THAT(told, HasSubstr("1,000: player0 (3), player1 (3), player2 (3), ..., player999 (3)\n"));
  EXPECT_THAT(told, HasSubstr("... (1000 parts); player999: simplex of total 1\n"));
  EXPECT_LT(std::ranges::count(told, '\n'), 40);
}

TEST(SolveAsACall, StopsWhereTheCallerSaysAndGoesOnFromTheCheckpoint) {
  const test::Folder folder;
  const auto settings = with(compressed, {{"checkpoint", folder.file("run.ckpt.h5")}, {"resume", "auto"}});
  int asked = 0;
  const auto first = solve(make_springs, {.settings = settings, .stop = [&] { return ++asked > 50; }});
  EXPECT_EQ(first.termination, Termination::interrupted);
  EXPECT_LT(first.iterations, 200);
  EXPECT_EQ(first.checkpoint, folder.file("run.ckpt.h5"));
  const auto second = solve(make_springs, {.settings = settings});
  const auto whole = solve(make_springs, {.settings = compressed});
  EXPECT_EQ(second.iterations, 200);
  EXPECT_EQ(second.solution, whole.solution);
}

TEST(SolveAsACall, LeavesSignalsToThoseWhoHadThem) {
  const auto handler = [](int) {};
  const auto of = [](int signal) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    return now.sa_handler;
  };
  constexpr std::array all{SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGXCPU, SIGXFSZ, SIGPIPE};
  for (const int signal : all) std::signal(signal, handler);
  for (const bool signals : {false, true}) {
    const auto touched = [&] {
      for (const int signal : all) EXPECT_EQ(of(signal) != static_cast<void (*)(int)>(handler), signals) << signal;
      return false;
    };
    static_cast<void>(solve(make_springs, {.settings = compressed, .stop = touched, .signals = signals}));
    for (const int signal : all) EXPECT_EQ(of(signal), static_cast<void (*)(int)>(handler)) << signal;
  }
  for (const int signal : all) std::signal(signal, SIG_DFL);
}

// ---- errors

template <class Kind>
std::string thrown(const ProblemFactory& problem, const RunOptions& options) {
  try {
    static_cast<void>(solve(problem, options));
  } catch (const Kind& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(SolveAsACall, ThrowsWhatIsWrongWithTheSettingsByTheirNames) {
  const auto error_of = [](const Settings& more) {
    return thrown<UsageError>(make_springs, {.settings = with({{"method", "masha1"}}, more)});
  };
  EXPECT_EQ(error_of({{"tolerence", "1"}}), "unknown setting 'tolerence'; did you mean 'tolerance'?");
  EXPECT_EQ(error_of({{"quiet", "on"}}), "unknown setting 'quiet'; settings are the options of vireo solve");
  EXPECT_EQ(error_of({{"seed", "1"}, {"seed", "2"}}), "seed is given twice");
  EXPECT_EQ(error_of({{"seed", ""}}), "seed has no value");
  EXPECT_EQ(error_of({{"seed", "-1"}}), "seed: must be at least 0, not -1");
  EXPECT_EQ(error_of({{"allow-unproven", "perhaps"}}), "allow-unproven: must be on or off, not 'perhaps'");
  EXPECT_EQ(error_of({{"resume", "auto"}}), "resume: looks for checkpoint, which is not given");
  EXPECT_THAT(error_of({{"uplink", "rnadk"}}), StartsWith("uplink: unknown compressor 'rnadk'; did you mean 'randk'?"));
  EXPECT_THAT(error_of({{"uplink", "randk:k=21"}}), StartsWith("uplink: "));
  EXPECT_THAT(error_of({{"workers", "13"}}), HasSubstr("13 workers, but there are only 12 components"));
  EXPECT_THAT(error_of({{"problem", "bilinear"}}), HasSubstr("given as an object"));
  EXPECT_THAT(thrown<UsageError>(make_springs, {.settings = {{"method", "masha1"}}, .problem_name = "bilinear"}),
              HasSubstr("names a problem of the registry already"));
  EXPECT_THAT(thrown<DataError>(make_springs, {.settings = {{"method", "masha1"}, {"initial", "/no/such.h5"}}}),
              StartsWith("initial: /no/such.h5: No such file"));
}

/// Fails on the worker of one component, after a while.
class Breaking final : public ComponentProblem {
 public:
  explicit Breaking(const ProblemContext& context) : ComponentProblem(context, 4, 6) {}
  void component(Index i, ConstView z, View out) const override {
    if (i == 5 && ++calls_ > 100) throw std::domain_error("component 5 has had enough");
    for (Index j = 0; j < z.size(); ++j) out[j] = z[j] - 1;
  }

 private:
  mutable int calls_ = 0;
};

TEST(SolveAsACall, ThrowsWhatTheProblemThrows) {
  for (const char* const ranks : {"1", "3"}) {
    const Settings settings = {{"method", "extragradient"}, {"tolerance", "0"}, {"simulate", ranks}};
    EXPECT_EQ(
        thrown<std::domain_error>([](const ProblemContext& context) { return std::make_unique<Breaking>(context); },
                                  {.settings = settings}),
        "component 5 has had enough");
    EXPECT_EQ(
        thrown<std::domain_error>([](const ProblemContext&) -> ProblemPointer { throw std::domain_error("no data"); },
                                  {.settings = settings}),
        "no data");
  }
  EXPECT_EQ(
      thrown<std::domain_error>(make_springs, {.settings = {{"method", "extragradient"}, {"simulate", "3"}},
                                               .headings = [](std::string_view) { throw std::domain_error("full"); }}),
      "full");
}

}  // namespace
}  // namespace vireo
