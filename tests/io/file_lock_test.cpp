// A file has one writer at a time: a second one is told who the first is, a killed one keeps nobody out, the lock's own file goes when it is given up
// and never lets two in, and what is not Vireo's stays as it is.
#include "io/file_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "support/folder.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

namespace fs = std::filesystem;

class FileLockTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_ / "t.h5"; }
  [[nodiscard]] std::string lock_path() const { return path() + ".lock"; }

  test::Folder scratch_;
  const fs::path& folder_ = scratch_.path();
};

std::string refusal(const std::string& path) {
  try {
    const FileLock lock(path, "trace", "now");
  } catch (const IoError& error) {
    return error.what();
  }
  return {};
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(FileLockTest, TheSecondIsToldWhoTheFirstIs) {
  {
    const FileLock first(path(), "trace", "2026-01-31T12:00:00Z");
    const auto text = refusal(path());
    for (const auto& part : {path(), "process " + std::to_string(getpid()), std::string("on host "),
                             std::string("began at 2026-01-31T12:00:00Z")})
      EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_FALSE(fs::exists(path()));  // the file itself is not touched
  }
  EXPECT_FALSE(fs::exists(lock_path()));
  EXPECT_EQ(refusal(path()), "");
}

TEST_F(FileLockTest, AKilledOneKeepsNobodyOut) {
  const pid_t child = fork();
  if (child == 0) {
    const FileLock lock(path(), "trace", "then");
    for (;;) pause();
  }
  while (content_of(lock_path()).find("start then\n") == std::string::npos) std::this_thread::yield();
  EXPECT_NE(refusal(path()).find("process " + std::to_string(child) + " "), std::string::npos);
  kill(child, SIGKILL);
  EXPECT_EQ(refusal(path()), "");  // at once, though its end takes a while
  waitpid(child, nullptr, 0);
  EXPECT_FALSE(fs::exists(lock_path()));
}

TEST_F(FileLockTest, NoTwoHoldItWhileItsFileComesAndGoes) {
  std::atomic<int> holders{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int left = 15; left > 0;) {
        try {
          const FileLock lock(path(), "trace", "now");
          EXPECT_EQ(++holders, 1);
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
          --holders;
          ++taken;
          --left;
        } catch (const IoError&) {  // the others were faster for a whole second
        }
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 45);
  EXPECT_FALSE(fs::exists(lock_path()));
}

TEST_F(FileLockTest, WhatIsNoLockStays) {
  std::ofstream(lock_path()) << "precious";
  EXPECT_THROW(FileLock(path(), "trace", "now"), UsageError);
  EXPECT_EQ(content_of(lock_path()), "precious");
  fs::remove(lock_path());
  fs::create_symlink("elsewhere", lock_path());
  EXPECT_THROW(FileLock(path(), "trace", "now"), IoError);
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(FileLockTest, SaysWhyNothingCanBeWrittenThere) {
  const auto missing = (folder_ / "missing" / "t.h5").string();
  EXPECT_EQ(refusal(missing), missing + ": cannot write the trace: No such file or directory");
}

}  // namespace
}  // namespace vireo::io
