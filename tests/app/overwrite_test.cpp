// What an earlier run has left is not replaced unless --overwrite is given: the same command again, or another one with the same names, ends with 2
// and a line that says what is there. --resume auto goes on, or begins again where nothing was saved. What is not Vireo's is never replaced.
#include <gmock/gmock.h>

#include <stdexcept>

#include "app/in_folder.hpp"
#include "io/hdf5.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/app/solve.hpp"

namespace vireo {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int usage = 2;
constexpr int data = 3;

using test::masha;
const std::string both = "--trace t.h5 --checkpoint c.h5 ";
const std::string again = masha + both;

class Overwrite : public test::InFolder {
 protected:
  [[nodiscard]] static trace::Trace trace_of(const std::string& name) { return trace::read(name); }

  /// The iterations of the rows with which a start of the run began
  [[nodiscard]] static std::vector<std::int64_t> starts() {
    std::vector<std::int64_t> out;
    for (const auto& segment : trace_of("t.h5").segments) out.push_back(segment.start_row);
    return out;
  }

  static void expect_whole(std::int64_t last) {
    ends(masha + "--trace whole.h5 --overwrite --max-iterations " + std::to_string(last));
    const auto whole = trace_of("whole.h5");
    const auto trace = trace_of("t.h5");
    EXPECT_EQ(*trace.solution, *whole.solution);
    EXPECT_EQ(trace.column("iteration")->integers, whole.column("iteration")->integers);
    EXPECT_EQ(trace.column("residual")->values, whole.column("residual")->values);
  }

  /// A run that ends after some rows and before its first checkpoint, as if it were killed.
  static void break_off(const std::string& more) {
    class Stop final : public Observer {
      void row(const Row& row) override {
        if (row.iteration == 10) throw std::runtime_error("broken off");
      }
    } stop;
    Observer* const observers[] = {&stop};
    const RunOptions options{.settings = {{"problem", "bilinear:dimension=20,components=12"},
                                          {"workers", "6"},
                                          {"tolerance", "0"},
                                          {"method", "masha1"},
                                          {"uplink", "randk:fraction=0.2"},
                                          {"trace", "t.h5"},
                                          {"trace-every", "1"},
                                          {"checkpoint", "c.h5"},
                                          {"overwrite", more.empty() ? "off" : "on"}}};
    EXPECT_THROW(static_cast<void>(solve(options, observers)), std::runtime_error);
  }
};

TEST_F(Overwrite, TheSameCommandAgain) {
  ends(again + "--max-iterations 1200 --checkpoint-every 700");
  for (const std::string more : {"", "--resume never", "--dry-run", "--config same.ini"}) {
    if (more == "--config same.ini") write("same.ini", "quiet = on\n");
    refuses(usage, again + more,
            "--checkpoint: " + path("c.h5") +
                ": iteration 1,200 of the same run; go on with --resume auto, or start over with --overwrite");
  }
  refuses(usage, again, "iteration 1,200 of the same run", 3);
  refuses(usage, masha + "--trace t.h5",
          "--trace: " + path("t.h5") +
              ": the finished trace of the same run, up to iteration 1,200; choose another --trace, or replace it with "
              "--overwrite");
  fs::remove("c.h5");  // a kill between two renames leaves the previous generation alone
  refuses(usage, masha + "--checkpoint c.h5", "c.h5.previous: iteration 700 of the same run");
  EXPECT_EQ(run(again + "--print-config").code, 0);
}

TEST_F(Overwrite, AnotherRunWithTheSameNames) {
  ends(again + "--max-iterations 20");
  const auto other = masha + "--seed 2 ";
  refuses(usage, other + both, "c.h5: iteration 20 of another run (its seed is 1, here it is 2); choose another");
  refuses(usage, other + "--trace t.h5", "t.h5: the finished trace of another run (its seed is 1, here it is 2)");
  refuses(data, other + both + "--resume auto", "c.h5: is the checkpoint of another run: its seed is 1, here it is 2");
  refuses(usage, other + "--trace t.h5 --checkpoint d.h5 --resume auto", "t.h5: the finished trace of another run");
  ends(other + both + "--max-iterations 10 --overwrite");
  EXPECT_EQ(trace_of("t.h5").rows, 11);
  EXPECT_THAT(ends(again + "--max-iterations 9 --overwrite --resume auto"),
              HasSubstr("c.h5: is of another run, and is replaced"));
  EXPECT_EQ(trace_of("t.h5").rows, 10);
}

TEST_F(Overwrite, DamagedOnesAreNotNothingAndEmptyOnesAre) {
  for (const char* const name : {"c.h5", "c.h5.previous"}) write(name, "vireo-checkpoint 1\nbytes");
  refuses(usage, masha + "--checkpoint c.h5", "damaged checkpoint: it is truncated");
  ends(masha + "--checkpoint c.h5 --max-iterations 5 --overwrite");
  EXPECT_FALSE(fs::exists("c.h5.previous"));
  write("t.h5", "");
  write("d.h5", "");
  ends(masha + "--trace t.h5 --checkpoint d.h5 --max-iterations 5");
}

TEST_F(Overwrite, ARunThatEndedBeforeItsFirstCheckpointBeginsAgain) {
  break_off("");
  ASSERT_FALSE(fs::exists("c.h5"));
  refuses(usage, again,
          "t.h5: the unfinished trace of the same run, up to iteration 9; begin again with --resume auto; choose");
  refuses(usage, again + "--resume auto --seed 2", "t.h5: the unfinished trace of another run (its seed is 1");
  auto fewer = again;  // how many the problem has of its own is known once it is built
  fewer.erase(fewer.find("--workers 6"), 11);
  refuses(usage, fewer + "--resume auto",
          "t.h5: the unfinished trace of another run (its workers is 6, here it is 12)");
  const auto said = ends(again + "--resume auto --max-iterations 30", 2);
  EXPECT_THAT(said, HasSubstr("no checkpoint to go on from: " + path("c.h5") + ": No such file"));
  EXPECT_EQ(starts(), (std::vector<std::int64_t>{0}));
  expect_whole(30);
  fs::remove("c.h5");
  refuses(usage, again + "--resume auto", "t.h5: the finished trace of the same run, up to iteration 30");
}

TEST_F(Overwrite, NoneWholeIsBegunAgain) {
  break_off("");
  write("c.h5", "vireo-checkpoint 1\nbytes");
  EXPECT_THAT(ends(again + "--resume auto --max-iterations 30"), HasSubstr("no checkpoint to go on from:"));
  expect_whole(30);
}

TEST_F(Overwrite, WhatIsStartedOverGoesOnByItself) {
  ends(again + "--max-iterations 20");
  break_off("overwrite");  // before its first checkpoint: the old one is not of its trace
  EXPECT_THAT(ends(again + "--resume auto --max-iterations 40"), HasSubstr("no checkpoint to go on from:"));
  EXPECT_EQ(starts(), (std::vector<std::int64_t>{0}));
  expect_whole(40);
}

TEST_F(Overwrite, WithResumeAutoGoesOnWhereItCan) {
  ends(again + "--overwrite --resume auto --max-iterations 20");
  ends(again + "--overwrite --resume auto --max-iterations 40");
  EXPECT_EQ(starts(), (std::vector<std::int64_t>{0, 21}));
  expect_whole(40);
}

TEST_F(Overwrite, ResumeReplacesNothingOfAnotherRun) {
  ends(again + "--max-iterations 20");
  ends(masha + "--seed 2 --trace u.h5 --checkpoint d.h5 --max-iterations 20");
  refuses(usage, "resume c.h5 --checkpoint d.h5",
          "d.h5: iteration 20 of another run (its seed is 2, here it is 1); choose another --checkpoint", 2);
  refuses(data, "resume c.h5 --trace u.h5", "u.h5: is the trace of another run");
  ends("resume c.h5 --checkpoint d.h5 --trace u.h5 --max-iterations 30 --overwrite");
  EXPECT_EQ(trace_of("u.h5").column("iteration")->integers.front(), 20);
  EXPECT_EQ(trace_of("u.h5").rows, 11);
}

TEST_F(Overwrite, WhatIsNotOfVireoIsNeverReplaced) {
  using Make = void (*)(const std::string&);
  const Make text = [](const std::string& name) { write(name, "precious"); };
  const Make other = [](const std::string& name) { hdf5::File::create(name).write_text("A", "precious"); };
  const Make matlab = [](const std::string& name) {  // HDF5 behind a block of its own, as in a checkpoint
    hdf5::File::create(name, 512).write_text("A", "precious");
    auto content = read(name);
    const std::string block = "MATLAB 7.3 MAT-file, Platform: GLNXA64";
    write(name, content.replace(0, block.size(), block));
  };
  const Make finished = [](const std::string& name) {
    ends(masha + "--trace other.h5 --max-iterations 5");
    fs::rename("other.h5", name);
  };
  const Make link = [](const std::string& name) {
    write("elsewhere", "precious");
    fs::create_symlink("elsewhere", name);
  };
  const std::vector<std::string> temporary = {"t.h5.unfinished", "c.h5.unfinished"};
  const std::vector<std::string> all = {"t.h5", "c.h5", "c.h5.previous"};
  auto with_locks = all;
  with_locks.insert(with_locks.end(), {"t.h5.lock", "c.h5.lock"});
  const std::vector<std::pair<Make, std::vector<std::string>>> cases = {
      {text, with_locks}, {other, all}, {matlab, all}, {finished, {"c.h5.previous", "c.h5"}}, {link, temporary}};
  for (const auto& [make, names] : cases)
    for (const auto& name : names) {
      make(name);
      for (const std::string option : {"--overwrite", "--resume auto"})
        refuses(usage, again + option, path(name) + ": is ");
      for (const auto& entry : fs::directory_iterator(folder_)) fs::remove(entry.path());
    }
}

TEST_F(Overwrite, WhatAKilledRunHasLeftKeepsNobodyOut) {
  ends(again + "--max-iterations 20");
  const auto trace = read("t.h5");
  const auto checkpoint = read("c.h5");
  write("t.h5.lock", "vireo-lock\nhost gone\npid 1\nstart then\n");
  write("c.h5.lock", "");
  for (const std::size_t length : {0, 100, 600, 4000}) {
    write("t.h5.unfinished", trace.substr(0, length));
    write("c.h5.unfinished", checkpoint.substr(0, length));
    ends(again + "--max-iterations 5 --overwrite");
  }
  EXPECT_EQ(content().size(), 2);
}

}  // namespace
}  // namespace vireo
