// Checkpoint files: what is written is read back by any number of ranks, a change of any single byte is found before
// anything is parsed, and what goes wrong while one is written leaves the generation before it alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "storage/checkpoint_reader.hpp"
#include "storage/checkpoint_writer.hpp"
#include "support/worlds.hpp"
#include "vireo/core/error.hpp"

namespace vireo::checkpoint {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr Index M = 5, d = 37;

/// A state with one thing of every kind, of the ranks of an exchange.
class State final : public RunState {
 public:
  State(Communicator& comm, double start) : exchange_(comm, {M, static_cast<Index>(comm.size())}, d, 1) {
    auto [workers, server] = exchange_.no_feedback();
    h = std::move(workers);
    e = std::move(server);
    z.assign(d, 0.0);
    for (Index j = 0; j < d; ++j) z[j] = start + 1.0 / (1.0 + static_cast<double>(j));
    for (Index m = h.workers().begin; m < h.workers().end; ++m)
      for (Index j = 0; j < d; ++j) h[m][j] = start + static_cast<double>(100 * m + j);
    for (Index j = 0; j < e.values.size(); ++j) e.values[j] = start - static_cast<double>(e.segment.begin + j);
    tau = start + 0.1;
    k = static_cast<std::int64_t>(start);
  }

  [[nodiscard]] std::int64_t iteration() const override { return k; }
  void list_run(StateList& state) override {
    state.scalar("iteration", k);
    std::int64_t rows = 3;
    state.scalar("rows", rows);
  }
  void list_method(StateList& state) override {
    state.scalar("tau", tau);
    state.global("z", z);
    state.per_worker("h", h);
    state.by_segment("e", e);
  }
  void forget() {
    z.clear();
    h = {};
    e = {};
    tau = 0;
    k = 0;
  }
  [[nodiscard]] Placement placement() const { return Placement::of(exchange_); }

  Vector z;
  WorkerVectors h;
  SegmentVector e;
  double tau = 0;
  std::int64_t k = 0;

 private:
  Exchange exchange_;
};

Header header() {
  return {.manifest = {{"version", std::string("1")}, {"run", std::string("0123456789abcdef")}},
          .problem = {{"fingerprint", std::string("f")}},
          .constants = {{"L", 0.1 + 0.2}},
          .config = "problem = game\n"};
}

class CheckpointTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("vireo-checkpoint-test-" + std::to_string(::getpid()));
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  [[nodiscard]] std::string path(const std::string& name = "c.h5") const { return (directory_ / name).string(); }

  [[nodiscard]] std::string content(const std::string& name = "c.h5") const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  void put(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  [[nodiscard]] Verdict verdict() const { return examine(test::mpi_world(), path()); }
  void write_one(int ranks, double start, Generations generations = Generations::begin) const {
    test::on_simulated(ranks, [&](Communicator& comm) {
      State state(comm, start);
      EXPECT_TRUE(write(comm, path(), header(), state.placement(), state, generations));
    });
  }

 private:
  fs::path directory_;
};

TEST_F(CheckpointTest, IsTheSameFileForAnyNumberOfRanks) {
  write_one(1, 7);
  const auto reference = content();
  for (const int ranks : {2, 3, 4, 8}) {
    write_one(ranks, 7);
    EXPECT_EQ(content(), reference) << ranks << " ranks";
  }
}

TEST_F(CheckpointTest, ReadsBackWhatWasWritten) {
  write_one(3, 7);
  for (const int ranks : {1, 2, 3, 5, 8})
    test::on_simulated(ranks, [&](Communicator& comm) {
      const State expected(comm, 7);
      State state(comm, 0);
      state.forget();
      EXPECT_EQ(find(comm, path()).path, path());
      load(path(), Placement::of(Exchange(comm, {M, static_cast<Index>(comm.size())}, d, 1)), state);
      EXPECT_EQ(state.z, expected.z);
      ASSERT_EQ(state.h.workers(), expected.h.workers());
      for (Index m = state.h.workers().begin; m < state.h.workers().end; ++m)
        EXPECT_TRUE(std::ranges::equal(state.h[m], expected.h[m])) << m;
      EXPECT_EQ(state.e.values, expected.e.values);
      EXPECT_EQ(state.tau, 7.1);
      EXPECT_EQ(state.k, 7);
    });
  const auto contents = read(path());
  EXPECT_EQ(contents.header.config, "problem = game\n");
  EXPECT_THAT(contents.arrays, ::testing::UnorderedElementsAre("method/z [37]", "method/h [5 x 37]", "method/e [37]"));
}

TEST_F(CheckpointTest, EveryChangedByteIsFound) {
  write_one(2, 7);
  const auto whole = content();
  ASSERT_EQ(verdict().kind, Verdict::Kind::good);
  for (std::size_t place = 0; place < whole.size(); ++place) {
    auto changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ (1 << (place % 8)));
    put(changed);
    ASSERT_EQ(verdict().kind, Verdict::Kind::corrupt) << "byte " << place;
  }
}

TEST_F(CheckpointTest, EveryLengthButItsOwnIsFound) {
  write_one(2, 7);
  const auto whole = content();
  for (std::size_t length = 0; length < whole.size(); length += length < 600 ? 1 : 37) {
    put(whole.substr(0, length));
    ASSERT_EQ(verdict().kind, Verdict::Kind::corrupt) << "cut to " << length;
  }
  put(whole + whole);
  EXPECT_EQ(verdict().kind, Verdict::Kind::corrupt);
}

TEST_F(CheckpointTest, KeepsTheGenerationBefore) {
  write_one(2, 1);
  const auto first = content();
  write_one(2, 2, Generations::keep_previous);
  const auto second = content();
  EXPECT_NE(first, second);
  EXPECT_EQ(content("c.h5.previous"), first);
  write_one(3, 3, Generations::keep_previous);
  EXPECT_EQ(content("c.h5.previous"), second);
  write_one(3, 4, Generations::begin);  // another run's generations are not this one's
  EXPECT_FALSE(fs::exists(path("c.h5.previous")));
}

TEST_F(CheckpointTest, FallsBackToTheGenerationBeforeAndSaysSo) {
  write_one(2, 1);
  write_one(2, 2, Generations::keep_previous);
  put(content().substr(0, 2000));
  test::on_simulated(3, [&](Communicator& comm) {
    const auto found = find(comm, path());
    EXPECT_EQ(found.path, path("c.h5.previous"));
    EXPECT_THAT(found.remark, HasSubstr("damaged"));
  });
  fs::remove(path());
  test::on_simulated(3, [&](Communicator& comm) { EXPECT_EQ(find(comm, path()).path, path("c.h5.previous")); });
  fs::remove(path("c.h5.previous"));
  test::on_simulated(1, [&](Communicator& comm) { EXPECT_THROW(static_cast<void>(find(comm, path())), DataError); });
}

TEST_F(CheckpointTest, DoesNotReplaceAGoodStateByOneThatIsNotFinite) {
  write_one(2, 1);
  const auto before = content();
  for (const int what : {0, 1, 2})
    test::on_simulated(3, [&](Communicator& comm) {
      State state(comm, 2);
      const double nan = std::numeric_limits<double>::quiet_NaN();
      if (what == 0) state.z[5] = nan;
      if (what == 1 && comm.rank() == 2) state.h[state.h.workers().begin][3] = nan;
      if (what == 2 && comm.rank() == 1) state.e.values[0] = nan;
      EXPECT_FALSE(write(comm, path(), header(), state.placement(), state, Generations::keep_previous));
    });
  EXPECT_EQ(content(), before);
  EXPECT_FALSE(fs::exists(path("c.h5.previous")));
}

TEST_F(CheckpointTest, AFailedWriteLeavesWhatWasThere) {
  write_one(2, 1);
  const auto before = content();
  fs::create_directory(path("c.h5.unfinished"));  // no file can be made there
  test::on_simulated(3, [&](Communicator& comm) {
    State state(comm, 2);
    EXPECT_THROW(static_cast<void>(write(comm, path(), header(), state.placement(), state, Generations::keep_previous)),
                 Error);
  });
  EXPECT_EQ(content(), before);
}

}  // namespace
}  // namespace vireo::checkpoint
