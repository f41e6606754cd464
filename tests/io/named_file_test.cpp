// What a path leads to: links are followed to what is written, also where nothing is yet; `..` behind a link is where the system goes; a line break
// is refused.
#include "io/named_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/folder.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

namespace fs = std::filesystem;

class NamedFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "far" / "deep");
    fs::create_symlink("far/deep", folder_ / "near");
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

  test::Folder scratch_;
  const fs::path& folder_ = scratch_.path();
};

TEST_F(NamedFileTest, FollowsLinks) {
  EXPECT_EQ(target_of(path("none.h5")), path("none.h5"));
  EXPECT_EQ(target_of(path("near/none.h5")), path("near/none.h5"));  // only what the file itself is
  fs::create_symlink("far/t.h5", folder_ / "relative.h5");
  EXPECT_EQ(target_of(path("relative.h5")), path("far/t.h5"));  // nothing is there yet
  std::ofstream(folder_ / "far" / "t.h5") << "x";
  EXPECT_EQ(target_of(path("relative.h5")), path("far/t.h5"));
  fs::create_symlink(folder_ / "relative.h5", folder_ / "absolute.h5");
  EXPECT_EQ(target_of(path("absolute.h5")), path("far/t.h5"));
  fs::create_symlink("../up.h5", folder_ / "far" / "deep" / "up.h5");
  EXPECT_EQ(target_of(path("near/up.h5")), path("far/up.h5"));
  fs::create_symlink("circle.h5", folder_ / "circle.h5");
  EXPECT_THROW(static_cast<void>(target_of(path("circle.h5"))), IoError);
}

TEST_F(NamedFileTest, MakesPathsAbsolute) {
  EXPECT_EQ(absolute_path("t.h5"), (fs::current_path() / "t.h5").string());
  EXPECT_EQ(absolute_path(path("far//./t.h5")), path("far/t.h5"));
  EXPECT_EQ(absolute_path(path("far/deep/../t.h5")), path("far/t.h5"));
  EXPECT_EQ(absolute_path(path("near/../t.h5")), path("far/t.h5"));
  EXPECT_EQ(absolute_path(path("none/../t.h5")), path("t.h5"));
  EXPECT_THROW(static_cast<void>(absolute_path(path("a\nb"))), UsageError);
  EXPECT_THROW(static_cast<void>(absolute_path(path("a\rb"))), UsageError);
}

TEST_F(NamedFileTest, TellsPlacesApart) {
  EXPECT_TRUE(same_place(path("t.h5"), path("t.h5")));
  EXPECT_TRUE(same_place(path("near/t.h5"), path("far/deep/t.h5")));
  EXPECT_FALSE(same_place(path("t.h5"), path("u.h5")));
  EXPECT_FALSE(same_place(path("t.h5"), path("far/t.h5")));
  EXPECT_FALSE(same_place(path("none/t.h5"), path("other/t.h5")));
}

TEST_F(NamedFileTest, KnowsWhatIsNoRegularFile) {
  EXPECT_NO_THROW(check_regular(path("none.h5"), "write it"));
  EXPECT_THROW(check_regular(path("far"), "write it"), IoError);
  EXPECT_THROW(check_regular("/dev/null", "write it"), IoError);
}

}  // namespace
}  // namespace vireo::io
