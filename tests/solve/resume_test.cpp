// Pins that an interruption leaves no mark: every method, saved to a file at some iteration by any number of ranks and
// loaded by any other number, has from there on the rows, the counters and the result of a run that was never
// interrupted, bit by bit.
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "methods/support.hpp"
#include "methods/trials.hpp"
#include "storage/checkpoint_reader.hpp"
#include "storage/checkpoint_writer.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t iterations = 60;

/// Saves once, after a given iteration.
class SaveAt final : public Supervisor {
 public:
  SaveAt(const Exchange& exchange, std::string path, std::int64_t k)
      : exchange_(exchange), path_(std::move(path)), k_(k) {}
  bool save_due(std::int64_t k) override { return k == k_; }
  bool save(RunState& state) override {
    if (state.iteration() != k_) return false;  // at the end
    return checkpoint::write(exchange_.communicator(), path_, {}, checkpoint::Placement::of(exchange_), state,
                             checkpoint::Generations::begin);
  }

 private:
  const Exchange& exchange_;
  std::string path_;
  std::int64_t k_;
};

class LoadFrom final : public Supervisor {
 public:
  LoadFrom(const Exchange& exchange, std::string path) : exchange_(exchange), path_(std::move(path)) {}
  bool load(RunState& state) override {
    EXPECT_EQ(checkpoint::examine(exchange_.communicator(), path_).text, "");
    checkpoint::load(path_, checkpoint::Placement::of(exchange_), state);
    return true;
  }

 private:
  const Exchange& exchange_;
  std::string path_;
};

std::int64_t bits(double value) {
  std::int64_t out = 0;
  std::memcpy(&out, &value, sizeof out);
  return out;
}

constexpr std::array numbers{"iteration",    "residual",      "distance",        "gap",
                             "oracle calls", "wire bytes up", "wire bytes down", "monitor's calls"};

/// What a row holds, but for its times
using Bits = std::array<std::int64_t, numbers.size()>;

class Rows final : public Observer {
 public:
  void row(const Row& row) override {
    const auto& totals = row.totals;
    rows.push_back({row.iteration, bits(row.residual), bits(row.distance), bits(row.gap), totals.oracle_calls,
                    totals.wire_bytes_up, totals.wire_bytes_down, totals.monitor_oracle_calls});
  }
  std::vector<Bits> rows;
};

struct Result {
  Outcome outcome;
  std::vector<Bits> rows;  ///< on rank 0
};

struct Setting {
  std::string spec;
  test::Trial trial;
  ReturnPoint point = ReturnPoint::last;
};

/// A run of `iterations` iterations, supervised by what `make` makes for its exchange. Collective.
template <class Make>
Result run(Communicator& comm, const Setting& setting, Make&& make) {
  test::Assembly assembly(comm, setting.trial.problem, test::stand_in(setting.trial));
  assembly.method =
      test::make_method(assembly, setting.spec, {.uplink = setting.trial.uplink, .downlink = setting.trial.downlink});
  auto supervisor = make(*assembly.exchange);
  Rows rows;
  std::vector<Observer*> observers{&rows};
  Result result;
  result.outcome = solve(
      {.communicator = comm,
       .problem = *assembly.problem,
       .regularizer = *assembly.regularizer,
       .exchange = *assembly.exchange,
       .oracle = *assembly.oracle,
       .method = *assembly.method,
       .solution = assembly.solution ? &*assembly.solution : nullptr,
       .gap = true,
       .supervisor = supervisor.get()},
      assembly.z0, {.tolerance = 0, .check_every = 7, .max_iterations = iterations, .return_point = setting.point}, 2,
      observers);
  result.rows = std::move(rows.rows);
  return result;
}

/// Rank 0's rows
std::vector<Bits> on_all_ranks(Communicator& comm, const std::vector<Bits>& rows) {
  std::string bytes(rows.size() * sizeof(Bits), '\0');
  std::memcpy(bytes.data(), rows.data(), bytes.size());
  bytes = broadcast(comm, bytes, 0);
  std::vector<Bits> all(bytes.size() / sizeof(Bits));
  std::memcpy(all.data(), bytes.data(), bytes.size());
  return all;
}

void expect_same(const Bits& a, const Bits& b) {
  ASSERT_EQ(a.front(), b.front());
  SCOPED_TRACE("iteration " + std::to_string(a.front()));
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(a.at(i), b.at(i)) << numbers.at(i);
}

/// `resumed` after iteration k is what `whole` is from there on.
void expect_same(const Result& whole, const Result& resumed, std::int64_t k, bool first) {
  ASSERT_EQ(whole.outcome.solution, resumed.outcome.solution);
  EXPECT_EQ(whole.outcome.returned, resumed.outcome.returned);
  EXPECT_EQ(whole.outcome.iterations, resumed.outcome.iterations);
  EXPECT_EQ(bits(whole.outcome.residual), bits(resumed.outcome.residual));
  EXPECT_EQ(bits(whole.outcome.initial_residual), bits(resumed.outcome.initial_residual));
  EXPECT_EQ(whole.outcome.totals.oracle_calls, resumed.outcome.totals.oracle_calls);
  EXPECT_EQ(whole.outcome.totals.wire_bytes_up, resumed.outcome.totals.wire_bytes_up);
  EXPECT_EQ(whole.outcome.totals.wire_bytes_down, resumed.outcome.totals.wire_bytes_down);
  EXPECT_EQ(whole.outcome.totals.monitor_oracle_calls, resumed.outcome.totals.monitor_oracle_calls);
  if (!first) return;
  const auto before = static_cast<std::size_t>(k / 2 + 1);
  ASSERT_EQ(whole.rows.size(), resumed.rows.size() + before);
  for (std::size_t i = 0; i < resumed.rows.size(); ++i) expect_same(whole.rows[before + i], resumed.rows[i]);
}

/// A path that all ranks of the MPI world know, in a directory of its own.
class ResumeTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto& world = test::mpi_world();
    std::string directory;
    if (world.rank() == 0) {
      directory = (fs::temp_directory_path() / ("vireo-resume-test-" + std::to_string(::getpid()))).string();
      fs::create_directories(directory);
    }
    directory_ = broadcast(world, directory, 0);
  }
  void TearDown() override {
    test::mpi_world().barrier();
    if (test::mpi_world().rank() == 0) fs::remove_all(directory_);
  }

  /// Saved by MPI's ranks, loaded by simulated ones and by MPI's.
  void expect_no_mark(const Setting& setting, std::int64_t k) const {
    SCOPED_TRACE(setting.spec + ", " + to_string(setting.point) + ", saved after iteration " + std::to_string(k));
    auto& world = test::mpi_world();
    const auto path = (fs::path(directory_) / "state.ckpt.h5").string();
    const auto nobody = [](const Exchange&) { return std::make_unique<Supervisor>(); };
    const auto save = [&](const Exchange& exchange) { return std::make_unique<SaveAt>(exchange, path, k); };
    const auto load = [&](const Exchange& exchange) { return std::make_unique<LoadFrom>(exchange, path); };
    auto whole = run(world, setting, nobody);
    const auto saving = run(world, setting, save);
    expect_same(whole, run(world, setting, load), k, world.rank() == 0);
    ASSERT_EQ(whole.outcome.solution, saving.outcome.solution);  // saving changes nothing
    ASSERT_EQ(whole.outcome.totals.monitor_oracle_calls, saving.outcome.totals.monitor_oracle_calls);
    whole.rows = on_all_ranks(world, whole.rows);
    for (const int ranks : {1, 2, 3, 4}) {
      if (ranks % world.size() != world.rank()) continue;  // each is the affair of one of MPI's
      test::on_simulated(ranks, [&](Communicator& comm) {
        SCOPED_TRACE("loaded by " + std::to_string(ranks) + " simulated ranks");
        expect_same(whole, run(comm, setting, load), k, comm.rank() == 0);
      });
    }
    // and the other way round
    world.barrier();
    if (world.rank() == 0) test::on_simulated(3, [&](Communicator& comm) { run(comm, setting, save); });
    world.barrier();
    expect_same(whole, run(world, setting, load), k, world.rank() == 0);
  }

 private:
  std::string directory_;
};

TEST_P(ResumeTest, LeavesNoMark) {
  const auto trial = test::trial_of(GetParam());
  std::uint64_t draw = 0;
  for (const auto& spec : trial.specs) {
    random::Stream stream({.seed = 7, .purpose = random::Purpose::sample, .worker = draw++});
    expect_no_mark({spec, trial}, 1 + static_cast<std::int64_t>(stream.below(iterations - 1)));
  }
}

TEST_P(ResumeTest, LeavesNoMarkOnTheBestOrTheAveragePoint) {
  if (test::mpi_world().size() == 4) GTEST_SKIP() << "the other numbers of ranks show it";
  const auto trial = test::trial_of(GetParam());
  for (const auto point : {ReturnPoint::best, ReturnPoint::average})
    for (const std::int64_t k : {0, 33}) expect_no_mark({trial.specs.front(), trial, point}, k);
}

INSTANTIATE_TEST_SUITE_P(, ResumeTest, ::testing::ValuesIn(test::names_of_methods()), test::test_name);

}  // namespace
}  // namespace vireo
