// The trace: what is written is read back, rows can be seen while the run goes on and cost little, and damaged or
// foreign files are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "storage/trace_reader.hpp"
#include "storage/trace_writer.hpp"
#include "vireo/core/error.hpp"

namespace vireo::trace {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// A directory of its own for each test.
class TraceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("vireo-trace-test-" + std::to_string(::getpid()));
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  [[nodiscard]] std::string path(const std::string& name = "t.h5") const { return (directory_ / name).string(); }

 private:
  fs::path directory_;
};

Header header() {
  return {.manifest = {{"version", std::string("1")},
                       {"ranks", std::int64_t{2}},
                       {"hosts", std::vector<std::string>{"a", "b"}}},
          .problem = {{"L", 0.1 + 0.2}, {"L_origin", std::string("computed")}},
          .config = "problem = game\nseed = 1\n"};
}

Row row(std::int64_t k) {
  Row out;
  out.iteration = k;
  out.residual = 1.0 / static_cast<double>(k + 1);
  out.distance = 2.0 / static_cast<double>(k + 1);
  out.totals.oracle_calls = (std::int64_t{1} << 60) + k;  // more than a double can tell apart
  out.totals.seconds = 0.5 * static_cast<double>(k);
  return out;
}

Outcome outcome() {
  Outcome out;
  out.termination = Termination::converged;
  out.iterations = 2;
  out.solution = {1, -2.5, 1.0 / 3};
  out.residual = 1e-9;
  out.tolerance_met = true;
  return out;
}

TEST_F(TraceTest, ReadsBackWhatWasWritten) {
  {
    Writer writer(path(), header());
    for (std::int64_t k = 0; k < 3; ++k) writer.row(row(k));
    writer.finished(outcome());
  }
  const auto trace = read(path());
  EXPECT_EQ(text(trace.manifest, "format"), "vireo-trace");
  EXPECT_EQ(integer(trace.manifest, "format_version", 0), 1);
  EXPECT_EQ(text(trace.manifest, "status"), "complete");
  EXPECT_EQ(text(trace.manifest, "termination"), "converged");
  EXPECT_EQ(integer(trace.manifest, "ranks", 0), 2);
  EXPECT_EQ(trace.config, header().config);
  EXPECT_EQ(real(trace.problem, "L"), 0.1 + 0.2);
  EXPECT_EQ(trace.rows, 3U);
  ASSERT_NE(trace.column("residual"), nullptr);
  EXPECT_EQ(trace.column("residual")->values, (std::vector<double>{1, 0.5, 1.0 / 3}));
  EXPECT_EQ(trace.column("oracle_calls")->integers[2], (std::int64_t{1} << 60) + 2);
  EXPECT_EQ(trace.column("distance")->values[1], 1.0);
  EXPECT_EQ(trace.column("gap"), nullptr);               // the problem has none
  EXPECT_EQ(trace.column("seconds_modelled"), nullptr);  // the network is a real one
  for (const auto& column : trace.columns) {
    EXPECT_FALSE(column.units.empty()) << column.name;
    EXPECT_FALSE(column.definition.empty()) << column.name;
  }
  EXPECT_EQ(trace.solution, outcome().solution);
  EXPECT_EQ(text(trace.solution_attributes, "returned"), "last");
  EXPECT_EQ(real(trace.solution_attributes, "residual"), 1e-9);
}

TEST_F(TraceTest, TellsTheGapInTheProblemsWords) {
  {
    auto with_gap = header();
    with_gap.gap = "upper bound of something";
    Writer writer(path(), with_gap);
    for (std::int64_t k = 0; k < 2; ++k) {
      auto next = row(k);
      next.gap = 0.5 - static_cast<double>(k);
      writer.row(next);
    }
    auto end = outcome();
    end.gap = 0.25;
    writer.finished(end);
  }
  const auto trace = read(path());
  ASSERT_NE(trace.column("gap"), nullptr);
  EXPECT_EQ(trace.column("gap")->values, (std::vector<double>{0.5, -0.5}));
  EXPECT_EQ(trace.column("gap")->definition, "upper bound of something");
  EXPECT_EQ(real(trace.solution_attributes, "gap"), 0.25);
}

TEST_F(TraceTest, HoldsTheBoundsOfTheMethodAndKeepsThemWhenItGoesOn) {
  auto with_theory = header();
  with_theory.theory = {{"residual", {{"quantity", std::string("residual")}, {"constant", 2.5}}},
                        {"residual_2", {{"quantity", std::string("residual")}, {"factor", 0.5}}}};
  {
    Writer writer(path(), with_theory);
    writer.row(row(0));
  }
  { Writer writer(path(), header(), 1); }  // of the header of a trace that goes on only the segment is used
  const auto file = hdf5::File::open(path());
  EXPECT_EQ(file.members("theory"), (std::vector<std::string>{"residual", "residual_2"}));
  const auto first = file.open_group("theory/residual");
  EXPECT_EQ(real(file.attributes(first.id()), "constant"), 2.5);
  EXPECT_EQ(text(file.attributes(first.id()), "quantity"), "residual");
  const auto second = file.open_group("theory/residual_2");
  EXPECT_EQ(real(file.attributes(second.id()), "factor"), 0.5);
}

TEST_F(TraceTest, WithoutBoundsThereIsNoTheory) {
  { Writer writer(path(), header()); }
  EXPECT_FALSE(hdf5::File::open(path()).exists("theory"));
}

TEST_F(TraceTest, TellsTheRanksApartWhenTheRunHasEnded) {
  auto end = outcome();
  RankTotals a;
  a.host = "a";
  a.oracle_calls = 7;
  a.mpi_bytes = 11;
  a.seconds_operator = 0.5;
  a.seconds_io = 0.25;
  RankTotals b;
  b.host = "b";
  b.oracle_calls = 8;
  b.wire_bytes_up = 3;
  b.seconds_exchange = 1.5;
  end.ranks = {a, b};
  {
    Writer writer(path(), header());
    writer.row(row(0));
    EXPECT_FALSE(hdf5::File::open(path()).exists("ranks"));
    writer.finished(end);
  }
  const auto file = hdf5::File::open(path());
  EXPECT_EQ(file.read_texts("ranks/host"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(file.read_integers("ranks/oracle_calls"), (std::vector<std::int64_t>{7, 8}));
  EXPECT_EQ(file.read_integers("ranks/mpi_bytes"), (std::vector<std::int64_t>{11, 0}));
  EXPECT_EQ(file.read_integers("ranks/wire_bytes_up"), (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(file.read_vector("ranks/seconds_operator"), (Vector{0.5, 0}));
  EXPECT_EQ(file.read_vector("ranks/seconds_exchange"), (Vector{0, 1.5}));
  EXPECT_EQ(file.read_vector("ranks/seconds_io"), (Vector{0.25, 0}));
  const auto of_ranks = std::ranges::count_if(counters, [](const auto& counter) { return counter.of_rank != nullptr; });
  EXPECT_EQ(file.members("ranks").size(), static_cast<std::size_t>(of_ranks) + 1);  // and the hosts
  for (const auto& name : file.members("ranks"))
    if (name != "host") {
      const auto column = file.open_dataset("ranks/" + name);
      EXPECT_FALSE(text(file.attributes(column.id()), "definition").empty()) << name;
    }
}

TEST_F(TraceTest, HoldsTheColumnsOfTheContract) {
  {
    auto simulated = header();
    simulated.simulated = true;
    Writer writer(path(), simulated);
    writer.row(row(0));
  }
  const auto trace = read(path());
  for (const char* const name : {"iteration", "residual", "oracle_calls", "wire_bytes_up", "wire_bytes_down",
                                 "mpi_bytes", "seconds", "seconds_operator", "seconds_compress", "seconds_exchange",
                                 "seconds_monitor", "monitor_oracle_calls", "seconds_modelled"})
    EXPECT_NE(trace.column(name), nullptr) << name;
}

/// The lines of the tables of docs/trace.md between two headings
std::vector<std::string> documented(const std::string& from, const std::string& to) {
  std::ifstream file(VIREO_SOURCE_DIR "/docs/trace.md");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == to) break;
    if (line == from) inside = true;
    if (inside && line.starts_with("| `")) lines.push_back(line);
  }
  return lines;
}

std::string line_of(const std::string& name, const std::string& units, const std::string& definition) {
  std::string cell;
  for (const char c : definition) cell += c == '|' ? "\\|" : std::string(1, c);
  return "| `" + name + "` | " + units + " | " + cell + " |";
}

TEST(TraceColumns, AreThoseOfTheDocumentation) {
  std::vector<std::string> of_run;
  for (const auto& column : columns()) of_run.push_back(line_of(column.name, column.units, column.definition));
  EXPECT_EQ(documented("## Columns", "### Ranks"), of_run);
  std::vector<std::string> of_rank;
  for (const auto& counter : counters)
    if (counter.of_rank != nullptr) of_rank.push_back(line_of(counter.name, counter.units, counter.of_rank));
  EXPECT_EQ(documented("### Ranks", "## Examples"), of_rank);
}

/// Rows are not kept back.
Header impatient_header() {
  auto out = header();
  out.between_writes = {};
  return out;
}

TEST_F(TraceTest, EveryRowIsVisibleOnceItIsWritten) {
  Writer writer(path(), impatient_header());
  EXPECT_EQ(read(path()).rows, 0U);
  for (std::int64_t k = 0; k < 2500; ++k) {  // more than two chunks
    writer.row(row(k));
    if (k % 250 != 0) continue;
    const auto trace = read(path());
    EXPECT_EQ(trace.rows, static_cast<std::size_t>(k) + 1);
    EXPECT_EQ(trace.column("iteration")->integers.back(), k);
    EXPECT_EQ(text(trace.manifest, "status"), "running");
  }
}

TEST_F(TraceTest, RowsAreWrittenTogetherAtMostOnceASecond) {
  const auto visible = [&] { return read(path()).rows; };
  {
    Writer writer(path(), header());
    writer.row(row(0));
    EXPECT_EQ(visible(), 1U);
    for (std::int64_t k = 1; k < 100; ++k) writer.row(row(k));
    EXPECT_EQ(visible(), 1U);
    std::this_thread::sleep_for(std::chrono::milliseconds(1010));
    writer.row(row(100));
    EXPECT_EQ(visible(), 101U);
    writer.row(row(101));
    EXPECT_EQ(visible(), 101U);
    writer.about_to_save();  // the rows of a checkpoint are there before it is
    EXPECT_EQ(visible(), 102U);
    writer.row(row(102));
  }
  EXPECT_EQ(visible(), 103U);
  EXPECT_EQ(read(path()).column("iteration")->integers.back(), 102);
}

/// As a run has them whose iterations take no time: with a write for each, a row took 340 us.
TEST_F(TraceTest, ARowCostsLittle) {
  Writer writer(path(), header());
  constexpr std::int64_t rows = 20000;
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t k = 0; k < rows; ++k) writer.row(row(k));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  EXPECT_LT(taken.count() / rows, 50e-6);
  writer.finished(outcome());
  EXPECT_EQ(read(path()).rows, static_cast<std::size_t>(rows));
}

TEST_F(TraceTest, SurvivesAKill) {
  const auto child = ::fork();
  if (child == 0) {
    Writer writer(path(), impatient_header());
    for (std::int64_t k = 0; k < 100; ++k) writer.row(row(k));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto trace = read(path());
  EXPECT_GE(trace.rows, 99U);
  EXPECT_EQ(text(trace.manifest, "status"), "running");
  EXPECT_FALSE(trace.solution);
}

TEST_F(TraceTest, SaysSoWhenTheRunFails) {
  {
    Writer writer(path(), header());
    writer.row(row(0));
  }
  EXPECT_EQ(text(read(path()).manifest, "status"), "interrupted");
}

TEST_F(TraceTest, TrimsToTheShortestColumn) {
  {
    auto file = hdf5::File::create(path());
    file.set(file.id(), {{"format", std::string("vireo-trace")}, {"format_version", std::int64_t{1}}});
    file.write_text("config", "");
    file.create_group("problem");
    file.create_group("trace");
    auto iteration = file.create_column("trace/iteration", hdf5::File::Kind::integers, 16);
    auto residual = file.create_column("trace/residual", hdf5::File::Kind::reals, 16);
    for (std::int64_t k = 0; k < 3; ++k) iteration.append(k);
    for (int k = 0; k < 2; ++k) residual.append(0.5);
  }
  const auto trace = read(path());
  EXPECT_EQ(trace.rows, 2U);
  EXPECT_EQ(trace.column("iteration")->integers.size(), 2U);
}

TEST_F(TraceTest, KeepsNumbersThatAreNotFinite) {
  {
    Writer writer(path(), header());
    auto bad = row(0);
    bad.residual = std::numeric_limits<double>::quiet_NaN();
    writer.row(bad);
    bad.residual = std::numeric_limits<double>::infinity();
    writer.row(bad);
  }
  const auto trace = read(path());
  EXPECT_TRUE(std::isnan(trace.column("residual")->values[0]));
  EXPECT_TRUE(std::isinf(trace.column("residual")->values[1]));
}

TEST_F(TraceTest, GivesTheSolutionAlone) {
  {
    Writer writer(path(), header());
    writer.row(row(0));
    EXPECT_THROW(static_cast<void>(read_solution(path())), DataError);  // not there yet
    writer.finished(outcome());
  }
  const auto solution = read_solution(path());
  EXPECT_EQ(solution.z, outcome().solution);
  EXPECT_EQ(real(solution.attributes, "residual"), outcome().residual);
  EXPECT_EQ(text(solution.attributes, "returned"), to_string(outcome().returned));
  EXPECT_THROW(static_cast<void>(read_solution(path("none.h5"))), DataError);
}

TEST_F(TraceTest, ReplacesATraceButNothingElse) {
  { const Writer writer(path(), header()); }
  EXPECT_NO_THROW(check_path(path()));
  EXPECT_NO_THROW(check_path(path("new.h5")));
  EXPECT_FALSE(fs::exists(path("new.h5")));  // asking leaves nothing behind
  std::ofstream(path("notes.txt")) << "precious";
  EXPECT_THROW(check_path(path("notes.txt")), UsageError);
  { const auto other = hdf5::File::create(path("other.h5")); }
  EXPECT_THROW(check_path(path("other.h5")), UsageError);
}

TEST_F(TraceTest, RefusesPathsThatCannotBeWritten) {
  EXPECT_THROW(check_path(path("missing/t.h5")), IoError);
  EXPECT_THROW(check_path(path("")), IoError);
  EXPECT_THROW(check_path("/proc/t.h5"), IoError);
  EXPECT_THROW(check_path("/dev/null"), IoError);  // no file to keep rows in
  EXPECT_THROW(Writer(path("missing/t.h5"), header()), IoError);
}

TEST_F(TraceTest, RefusesToReadOtherFiles) {
  EXPECT_THROW(static_cast<void>(read(path("none.h5"))), DataError);
  EXPECT_THROW(static_cast<void>(read(path(""))), DataError);
  std::ofstream(path("notes.txt")) << "not HDF5";
  EXPECT_THROW(static_cast<void>(read(path("notes.txt"))), DataError);
  { const auto other = hdf5::File::create(path("other.h5")); }
  EXPECT_THROW(static_cast<void>(read(path("other.h5"))), DataError);
  {
    auto newer = hdf5::File::create(path("newer.h5"));
    newer.set(newer.id(), {{"format", std::string("vireo-trace")}, {"format_version", std::int64_t{2}}});
  }
  EXPECT_THROW(static_cast<void>(read(path("newer.h5"))), DataError);
  {
    Writer writer(path(), header());
    writer.row(row(0));
    writer.finished(outcome());
  }
  const auto size = fs::file_size(path());
  for (const auto length : {std::uintmax_t{0}, std::uintmax_t{100}, size / 2, size - 1}) {
    fs::copy_file(path(), path("cut.h5"), fs::copy_options::overwrite_existing);
    fs::resize_file(path("cut.h5"), length);
    EXPECT_THROW(static_cast<void>(read(path("cut.h5"))), DataError) << length;
  }
}

/// A file that may not grow, as on a full disk, fails with the reason of the operating system.
TEST_F(TraceTest, SaysWhyARowCannotBeWritten) {
  Writer writer(path(), impatient_header());
  writer.row(row(0));
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit now = before;
  now.rlim_cur = fs::file_size(path());
  setrlimit(RLIMIT_FSIZE, &now);
  std::string message = "no error";
  try {
    for (std::int64_t k = 1; k < 5000; ++k) writer.row(row(k));
  } catch (const IoError& error) {
    message = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, previous);
  EXPECT_THAT(message, HasSubstr(path()));
  EXPECT_THAT(message, HasSubstr("File too large"));
}

}  // namespace
}  // namespace vireo::trace
