// Where outputs go: through symbolic links, which stay links, to what they lead to when the run starts, also where nothing is there yet; never
// under a name with a line break in it, or one that is Vireo's own of another file.
#include <gmock/gmock.h>

#include "app/in_folder.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/app/solve.hpp"

namespace vireo {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int usage = 2;
constexpr int io = 6;

using test::masha;

class OutputPaths : public test::InFolder {
 protected:
  static std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(OutputPaths, GoThroughLinks) {
  for (const char* const folder : {"disk", "other"}) fs::create_directory(folder);
  fs::create_symlink("disk/trace.h5", "t.h5");  // nothing is there yet
  fs::create_symlink(path("disk/second.h5"), "first.h5");
  fs::create_symlink("../other/state.h5", "disk/second.h5");
  const auto solve = masha + "--trace t.h5 --checkpoint first.h5 --checkpoint-every 15 --resume auto ";
  ends(solve + "--max-iterations 20");
  ends(solve + "--max-iterations 40", 2);
  ends("resume first.h5 --max-iterations 60");
  for (const char* const name : {"t.h5", "first.h5", "disk/second.h5"}) EXPECT_TRUE(fs::is_symlink(name)) << name;
  EXPECT_EQ(names_in("."), (Names{"disk", "first.h5", "other", "t.h5"}));
  EXPECT_EQ(names_in("disk"), (Names{"second.h5", "trace.h5"}));
  EXPECT_EQ(names_in("other"), (Names{"state.h5", "state.h5.previous"}));
  const auto trace = trace::read("t.h5");
  EXPECT_EQ(trace.rows, 61);
  ASSERT_EQ(trace.segments.size(), 3);
  EXPECT_EQ(trace.segments[2].start_row, 41);
  EXPECT_THAT(trace.config, HasSubstr("trace = " + path("t.h5")));  // as it was given
  refuses(usage, masha + "--trace t.h5", path("disk/trace.h5") + ": the finished trace of the same run");
  ends(masha + "--trace t.h5 --overwrite --max-iterations 5");
  EXPECT_TRUE(fs::is_symlink("t.h5"));
  EXPECT_EQ(trace::read("disk/trace.h5").rows, 6);
}

TEST_F(OutputPaths, ALinkWhoseNewestGenerationIsGone) {
  fs::create_directory("disk");
  fs::create_symlink("disk/state.h5", "c.h5");
  ends(masha + "--trace t.h5 --checkpoint c.h5 --checkpoint-every 15 --max-iterations 20");
  fs::remove("disk/state.h5");  // the link dangles, and the generation before is there
  ends("resume c.h5 --max-iterations 40");
  EXPECT_EQ(trace::read("t.h5").segments.back().start_row, 16);
  EXPECT_TRUE(fs::is_symlink("c.h5"));
  EXPECT_TRUE(fs::exists("disk/state.h5"));
}

TEST_F(OutputPaths, ALinkThatIsChangedMeanwhile) {
  class Change final : public Observer {
    void row(const Row& row) override {
      if (row.iteration != 5) return;
      for (const char* const name : {"t.h5", "c.h5"}) {
        fs::remove(name);
        fs::create_symlink(std::string("elsewhere/") + name, name);
      }
    }
  } change;
  Observer* const observers[] = {&change};
  for (const char* const folder : {"disk", "elsewhere"}) fs::create_directory(folder);
  for (const char* const name : {"t.h5", "c.h5"}) fs::create_symlink(std::string("disk/") + name, name);
  const RunOptions options{.settings = {{"problem", "bilinear:dimension=20,components=12"},
                                        {"method", "extragradient"},
                                        {"max-iterations", "10"},
                                        {"trace", "t.h5"},
                                        {"trace-every", "1"},
                                        {"checkpoint", "c.h5"},
                                        {"checkpoint-every", "3"}}};
  EXPECT_EQ(solve(options, observers).iterations, 10);
  EXPECT_EQ(names_in("disk"), (Names{"c.h5", "c.h5.previous", "t.h5"}));
  EXPECT_EQ(trace::read("disk/t.h5").rows, 11);
  EXPECT_TRUE(names_in("elsewhere").empty());
}

TEST_F(OutputPaths, LinksThatLeadNowhereAreRefused) {
  fs::create_symlink("circle.h5", "circle.h5");
  fs::create_symlink("missing/t.h5", "missing.h5");
  for (const std::string option : {"trace", "checkpoint"}) {
    refuses(io, masha + "--" + option + " circle.h5",
            "--" + option + ": " + path("circle.h5") + ": cannot follow it: Too many levels of symbolic links");
    refuses(io, masha + "--" + option + " missing.h5",
            path("missing/t.h5") + ": cannot write the " + option + ": there is no directory", 2);
  }
}

TEST_F(OutputPaths, LineBreaksAreRefusedAtTheStart) {
  const auto refused = [&](std::vector<std::string> words, const std::string& option) {
    const auto ended = run(words);
    EXPECT_EQ(ended.code, usage);
    EXPECT_THAT(ended.error, HasSubstr("has a line break in it"));
    EXPECT_THAT(ended.error, HasSubstr(option));
    EXPECT_EQ(ended.error.find_first_of("\n\r"), std::string::npos);
  };
  auto words = Names{"solve", "--problem", "bilinear", "--method", "extragradient", "--trace", "a\nb.h5"};
  refused(words, "--trace");
  words.back() = "a\rb.h5";
  refused(words, "--trace");
  refused({"solve", "--config", "a\nb.ini"}, "--config");
  for (const char* const command : {"resume", "info", "verify"}) refused({command, "a\nb.h5"}, "a\\x0ab.h5");
  fs::create_directory("a\nb");
  fs::create_symlink("a\nb/t.h5", "t.h5");
  words.back() = "t.h5";
  refused(words, "--trace");
  fs::current_path("a\nb");
  for (const char* const option : {"--trace", "--checkpoint", "--data", "--initial"}) {
    words[words.size() - 2] = option;
    words.back() = "name";
    refused(words, option);
  }
  EXPECT_TRUE(names_in(".").empty());
}

TEST_F(OutputPaths, NamesThatGetIntoEachOthersWay) {
  fs::create_directory("here");
  fs::create_symlink("here", "there");
  fs::create_symlink("here/c.h5.previous", "link.h5");
  fs::create_symlink("here/c.h5", "same.h5");
  const std::vector<std::array<std::string, 3>> cases = {
      {"c.h5", "c.h5", "is the file that --trace names"},
      {"same.h5", "there/c.h5", "is the file that --trace names"},
      {"c.h5.previous", "c.h5",
       "--trace: " + path("c.h5.previous") + ": is what Vireo calls the previous generation of"},
      {"c.h5.unfinished", "c.h5", "is what Vireo calls the temporary file of " + path("c.h5")},
      {"c.h5.lock", "c.h5", "is what Vireo calls the lock of " + path("c.h5")},
      {"link.h5", "here/c.h5", "--trace: " + path("here/c.h5.previous") + ": is what Vireo calls"},
      {"t.h5", "t.h5.unfinished", "--checkpoint: " + path("t.h5.unfinished") + ": is what Vireo calls"},
      {"t.h5", "t.h5.lock", "is what Vireo calls the lock of " + path("t.h5")}};
  for (const auto& [trace, checkpoint, text] : cases)
    for (const std::string more : {"", " --overwrite", " --dry-run"})
      refuses(usage, masha + "--trace " + trace + " --checkpoint " + checkpoint + more, text, more.empty() ? 1 : 2);
}

TEST_F(OutputPaths, TheStartOfARunIsNotReplacedByIt) {
  ends(masha + "--max-iterations 10 --trace t.h5");
  fs::create_symlink("t.h5", "link.h5");
  const auto start = masha + "--overwrite --initial ";
  for (const std::string name : {"t.h5", "link.h5"})
    refuses(usage, start + "t.h5 --trace " + name, "--initial names: a run must not replace the point");
  fs::rename("t.h5", "u.h5.unfinished");
  refuses(usage, start + "u.h5.unfinished --trace u.h5", "would replace the file that --initial names");
  refuses(usage, start + "u.h5.unfinished --checkpoint u.h5", "would replace the file that --initial names");
}

}  // namespace
}  // namespace vireo
