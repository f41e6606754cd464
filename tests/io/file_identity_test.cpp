// The identity of a data file: its SHA-256 is the one of FIPS 180-4 (sha256sum prints the same), for files of any size,
// and what differs is told by size first.
#include "io/file_identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FileIdentityTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }
  void put(const std::string& content) const { std::ofstream(path_, std::ios::binary) << content; }
  const std::string path_ = (fs::temp_directory_path() / ("vireo-identity-" + std::to_string(::getpid()))).string();
};

TEST_F(FileIdentityTest, IsSizeAndSha256) {
  const std::pair<std::string, std::string> known[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      // as long as the pieces that it is read in, and longer
      {std::string(1 << 20, '\0'), "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"},
      {std::string(3'000'000, 'a'), "2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4"},
  };
  for (const auto& [content, sha256] : known) {
    put(content);
    const FileIdentity expected{path_, static_cast<std::int64_t>(content.size()), sha256};
    EXPECT_EQ(identify(path_), expected) << content.size() << " bytes";
    EXPECT_EQ(difference_from(expected), "");
  }
}

TEST_F(FileIdentityTest, TellsWhatDiffers) {
  put("abc");
  const auto known = identify(path_);
  put("abcd");
  EXPECT_EQ(difference_from(known), "it has 4 bytes, and had 3");
  put("abd");
  EXPECT_THAT(difference_from(known), HasSubstr("and was " + known.sha256));
  fs::remove(path_);
  EXPECT_THROW(static_cast<void>(difference_from(known)), DataError);
  EXPECT_THROW(static_cast<void>(identify(fs::temp_directory_path())), DataError);
}

}  // namespace
}  // namespace vireo::io
