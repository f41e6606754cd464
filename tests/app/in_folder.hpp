#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/folder.hpp"
#include "vireo/core/error.hpp"

namespace vireo::test {

/// A run on a small game that is ended by its limits alone.
inline const std::string masha =
    "solve --problem bilinear:dimension=20,components=12 --workers 6 --tolerance 0 --method masha1 --uplink "
    "randk:fraction=0.2 ";

/// How a subcommand ended.
struct Ended {
  int code = 0;
  std::string error;   ///< what would stand on standard error
  std::string output;  ///< standard output, each run of spaces and line ends as one space
};

/// Runs the program's subcommands in this process, in a folder that is made for each test and goes with it.
class InFolder : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// `words` are separated by spaces; on so many simulated ranks, which take themselves for the world. A trace has a row
  /// of every iteration, where they do not say otherwise.
  [[nodiscard]] static Ended run(const std::string& words, int ranks = 1);
  [[nodiscard]] static Ended run(const std::vector<std::string>& words, int ranks = 1);
  /// The run ends with this code and an error that holds the text, and not a byte of the folder changes.
  void refuses(int code, const std::string& words, const std::string& text, int ranks = 1) const;
  /// The run comes to its limit; its output.
  static std::string ends(const std::string& words, int ranks = 1);

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  /// Names, and what is in the files
  [[nodiscard]] std::map<std::string, std::string> content() const;
  static void write(const std::string& name, const std::string& text);
  [[nodiscard]] static std::string read(const std::string& name);

  Folder scratch_;
  const std::filesystem::path& folder_ = scratch_.path();

 private:
  std::filesystem::path before_;
};

}  // namespace vireo::test
